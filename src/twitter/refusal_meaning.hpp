// What a refusal means: the provider's codes, problem types and words as coauth's own codes.
#pragma once

#include "api/refusal.hpp"
#include "twitter/refusal.hpp"

namespace coauth::twitter {

using api::meaning;
using api::step;

/// By the provider's code first, then its problem type, then its words, then the HTTP status.
meaning meaning_of(const refusal& said, int status, step at);

} // namespace coauth::twitter
