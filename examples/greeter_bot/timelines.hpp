// What the bot reads: mentions of it, and its own replies so far.
#pragma once

#include <coauth/twitter/user_client.hpp>

#include <boost/asio/awaitable.hpp>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace greeter_bot {

/// The mentions that can be read, and how far the list reaches.
struct mention_list {
    mention_list() = default;

    std::vector<coauth::twitter::tweet> items;
    std::string newest_id; ///< Of all mentions, those that cannot be read included; empty: none is known.
};

/// Every mention after `since_id`, over all pages. Waits while the rate limit is exhausted.
boost::asio::awaitable<mention_list> read_mentions(
    coauth::twitter::user_client user, std::string user_id, std::string since_id);

/// By the id of a tweet, the id of the user's own reply to it.
using replies = std::map<std::string, std::string>;

/// The user's own replies that are newer than `since_id`, over all pages. Waits as well.
boost::asio::awaitable<replies> read_own_replies(
    coauth::twitter::user_client user, std::string user_id, std::string since_id);

/// One page of the user's own tweets. Adds the replies on it to `found`; returns the next page's token.
/// Throws `errc::malformed_response` if it is not a page of tweets.
std::optional<std::string> add_replies(coauth::twitter::api_version api, std::string_view body, replies& found);

} // namespace greeter_bot
