// A tweet, and pages of things.
#pragma once

#include <coauth/export.hpp>
#include <coauth/twitter/endpoints.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace coauth::twitter {

/// Thread safety: a value. Lifetime: owns its texts.
struct tweet {
    tweet() = default;

    std::string id;   ///< Decimal; a text, since it does not fit a double.
    std::string text; ///< Any characters, so escape it for HTML; only line breaks of the control characters.
    std::optional<std::string> author_id;
    std::optional<std::string> author_username; ///< Given with mentions; `[A-Za-z0-9_]`, anything else is left out.
    std::optional<std::string> reply_to;        ///< The tweet it replies to, if the response says so.
    std::optional<std::chrono::sys_seconds> created_at;
};

/// One page of a longer list, newest first. An item whose id cannot be read is left out.
template <class T>
struct page {
    page() = default;

    std::vector<T> items;
    std::optional<std::string> next; ///< Pass it as `page_options::token` for the next page; empty on the last.
    std::optional<std::string>
        newest_id; ///< Pass it as `since_id` later. API 2's counts tweets that were left out, too.
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

/// The page of tweets in the body of a response to `user_client::request`, for a timeline asked for with other
/// fields than `user_client::tweets` asks for. Lenient as that is: a tweet's optional member in an odd shape is
/// absent. API 1.1 knows no tokens: `page::next` is the `max_id` below the oldest tweet.
/// Throws `errc::malformed_response` if the body is not a page of tweets, `errc::response_too_large` for a body over
/// 4 MiB or of more than 5000 tweets, and for a body that holds API 2's problems alone the error that these mean.
COAUTH_DECL page<tweet> read_tweets(api_version api, std::string_view body);

} // namespace coauth::twitter
