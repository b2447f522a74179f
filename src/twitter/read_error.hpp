// A refused request as an error: who caused it, and what to do.
#pragma once

#include "twitter/refusal_meaning.hpp"

#include <coauth/error.hpp>
#include <coauth/http/response.hpp>
#include <coauth/secret.hpp>

#include <chrono>
#include <span>
#include <string_view>

namespace coauth::twitter {

/// What is known beside the response. Views; valid as long as what they point to.
struct circumstances {
    circumstances() = default;

    step at = step::call;
    bool writes = false;                   ///< The call would have changed something.
    std::chrono::sys_seconds machine_now;  ///< When the response came, by this machine's clock.
    std::chrono::sys_seconds provider_now; ///< The same by the provider's, if the response has no `Date`.
    std::span<const secret> hidden;        ///< Never shown, even if the provider repeats them.
};

/// For a response that is not 2xx, in any of the shapes that providers use.
error read_error(const http::response& response, const circumstances& when);

/// `words` without the texts in `hidden`, and without OAuth parameters that the provider repeats.
std::string without_secrets(std::string words, std::span<const secret> hidden);

} // namespace coauth::twitter
