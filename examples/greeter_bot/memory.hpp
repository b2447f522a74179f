// What the bot remembers between starts, and its form in the state file.
#pragma once

#include <coauth/oauth1/credentials.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace greeter_bot {

/// A reply that is to be posted, or was: its result is not known.
struct intention {
    intention() = default;
    intention(std::string mention, std::string username, std::string text)
        : mention(std::move(mention)), username(std::move(username)), text(std::move(text))
    {}

    std::string mention;  ///< The id of the tweet to answer.
    std::string username; ///< Who wrote it; empty if the provider did not say.
    std::string text;
};

/// A mention that is settled.
struct settled_mention {
    settled_mention() = default;
    settled_mention(std::string mention, std::string reply, std::string text)
        : mention(std::move(mention)), reply(std::move(reply)), text(std::move(text))
    {}

    std::string mention;
    std::string reply; ///< Empty: there is none, or its id is not known.
    std::string text;  ///< What was said; empty: nothing was.
};

struct memory {
    memory() = default;

    std::string provider;                              ///< The token's provider: a base URL, or "sandbox".
    std::optional<coauth::oauth1::access_token> token; ///< Of a state of version 1 only: it moves into the store.
    std::string user_id;                               ///< Empty before the first sign-in.
    std::string username;
    std::string since_id; ///< This mention and all before it are settled; empty: none is.
    std::vector<settled_mention>
        settled;                   ///< In the order they were settled: the newest ones, and all after `since_id`.
    std::optional<intention> open; ///< The one that is about to be posted, or was.

    /// To be tried again after all other mentions, the first one first. One with a text may have been posted. The text
    /// of another is made when it is tried, and it is not kept between starts: its mention is found again.
    std::vector<intention> put_off;
};

/// JSON, without the token.
std::string to_text(const memory& m);

/// Throws `errc::store_unavailable`, saying what is wrong, for a text that `to_text` did not write, in this version or in
/// version 1, which kept the token.
memory from_text(std::string_view text);

} // namespace greeter_bot
