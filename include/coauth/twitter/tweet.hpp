// A tweet, and pages of things.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace coauth::twitter {

/// Thread safety: a value. Lifetime: owns its texts.
struct tweet {
    tweet() = default;

    std::string id;   ///< Decimal; a text, since it does not fit a double.
    std::string text; ///< Any characters, so escape it for HTML.
    std::optional<std::string> author_id;
    std::optional<std::string> author_username; ///< Given with mentions.
    std::optional<std::chrono::sys_seconds> created_at;
};

/// One page of a longer list, newest first.
template <class T>
struct page {
    page() = default;

    std::vector<T> items;
    std::optional<std::string> next;      ///< Pass it as `page_options::token` for the next page; empty on the last.
    std::optional<std::string> newest_id; ///< Of the tweets on this page; pass it as `since_id` later.
};

/// Which page to ask for.
struct page_options {
    page_options() = default;

    /// How many; 0 means the provider's default. Tweets and mentions: 5 to 100 (API 2), 1 to 200
    /// (1.1). Followers: 1 to 1000 (API 2), 1 to 200 (1.1). Out of range: `errc::invalid_argument`.
    int count = 0;
    std::string token;    ///< `page::next` of the page before.
    std::string since_id; ///< Only tweets after this one. Tweets and mentions only.
};

} // namespace coauth::twitter
