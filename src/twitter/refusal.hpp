// The code and the words of a provider that refuses, in any shape of response, and what they mean.
#pragma once

#include "api/refusal.hpp"
#include "twitter/values.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace coauth::twitter {

using api::meaning;
using api::step;

/// Texts are as they came: `api::shown` makes them fit for an error.
struct refusal {
    refusal() = default;

    std::optional<int> code; ///< API 1.1's number, such as 89.
    std::string words;       ///< The most telling sentence; empty if there was none.
    std::string title;       ///< API 2: "Not Found Error".
    std::string problem;     ///< API 2: the last segment of the problem's `type`: "resource-not-found".
    std::string about;       ///< API 2: the id or name it is about.
    bool page = false;       ///< The body was an HTML page: it comes not from the API, but from something before it.
};

/// One problem of API 2, or one element of API 1.1's `errors`.
refusal refusal_of(const values& problem);

/// The whole number from 0 that comes after the first `label` in `text`.
std::optional<int> code_after(std::string_view text, std::string_view label);

/// Reads JSON of both APIs and of older ones, XML, plain text, HTML, or nothing. Never fails: what
/// can't be read says nothing.
refusal read_refusal(std::string_view body);

/// By the provider's code first, then its problem type, then its words, then the HTTP status.
meaning meaning_of(const refusal& said, int status, step at);

} // namespace coauth::twitter
