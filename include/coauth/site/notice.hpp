// What a page says instead of what was asked for.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <utility>

namespace coauth::site {

/// A heading and a sentence or two, in plain words; `login_site::notice_page` makes a page of it. Plain text, escaped there.
///
/// Thread safety: a value. Lifetime: owns its texts.
struct notice {
    notice(int new_status, std::string new_title, std::string new_text, std::string new_advice = {})
        : status(new_status), title(std::move(new_title)), text(std::move(new_text)), advice(std::move(new_advice))
    {}

    int status; ///< Of HTTP.
    std::string title;
    std::string text;                                ///< What happened.
    std::string advice;                              ///< What a user who is not signed in can do; may be empty.
    std::optional<std::chrono::seconds> retry_after; ///< Sent as Retry-After.
};

} // namespace coauth::site
