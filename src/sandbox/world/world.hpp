// What the sandbox knows: apps, users, tweets, who follows whom, and the tokens that users granted.
#pragma once

#include "sandbox/world/client_registry.hpp"
#include "sandbox/world/made_up_users.hpp"

#include <coauth/oauth1/verifier.hpp>
#include <coauth/secret.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace coauth::sandbox {

/// An app, as registered with the provider.
struct app {
    app() = default;

    std::string key;
    coauth::secret secret;
    std::string name;
    /// The callbacks registered; none at all: any is accepted. An empty list: a desktop app, which may use PINs only.
    std::optional<std::vector<std::string>> callbacks;
    std::string rsa_public_key;
};

/// An access token.
struct grant {
    grant() = default;

    std::string token;
    coauth::secret secret;
    std::string consumer_key;
    std::uint64_t user = 0;
    bool may_write = true;
    bool sees_email = true; ///< The user's mail address.
};

/// Thread safety: not safe; the provider guards it.
class world {
public:
    /// `made_up`: how many users there are as long as no listed one is added.
    explicit world(std::size_t made_up);

    void add_app(app a);
    const app* find_app(std::string_view key) const;
    /// The app added first; null if there is none.
    const app* first_app() const { return first_app_.empty() ? nullptr : find_app(first_app_); }

    /// Listed users replace the made-up ones. False if id or username is taken.
    bool add_user(user p);
    std::size_t users() const noexcept;
    std::optional<user> user_by_id(std::uint64_t id) const;
    std::optional<user> user_by_username(std::string_view username) const;
    /// The first who is not suspended for an empty name; if all are, the first.
    std::optional<user> user_or_default(std::string_view username) const;
    /// The first `count` users, for the authorize page.
    std::vector<user> first_users(std::size_t count) const;

    /// False if the id is taken.
    bool add_tweet(tweet t);
    /// Posts now. Ids grow.
    tweet post(std::uint64_t author, std::string text, std::uint64_t reply_to, std::chrono::sys_seconds now);
    bool erase_tweet(std::uint64_t id);
    std::optional<tweet> tweet_by_id(std::uint64_t id) const;
    /// Newest first.
    std::vector<tweet> tweets_of(std::uint64_t author) const;
    std::vector<tweet> mentions_of(std::uint64_t user) const;
    /// True if the user posted this text here before and did not delete it.
    bool posted_before(std::uint64_t author, std::string_view text) const;

    void add_follow(std::uint64_t follower, std::uint64_t followed);
    bool follows(std::uint64_t follower, std::uint64_t followed) const;
    /// Newest first, `count` at most, from the `first`-th on.
    std::vector<std::uint64_t> followers_of(std::uint64_t user, std::size_t first, std::size_t count) const;

    /// False if the token is taken.
    bool add_grant(grant g);
    const grant* find_grant(std::string_view token) const;
    /// What this user granted this app before, as the provider hands out the same token again.
    const grant* find_grant(std::string_view consumer_key, std::uint64_t user, bool may_write) const;
    bool revoke(std::string_view token);

    void add_bearer(std::string token, std::string consumer_key);
    /// The app's key, or null.
    const std::string* find_bearer(std::string_view token) const;
    /// The app's bearer token, or null.
    const std::string* bearer_of(std::string_view consumer_key) const;

    client_registry& clients() noexcept { return clients_; }
    const client_registry& clients() const noexcept { return clients_; }

private:
    void count_tweet(std::uint64_t author, int change);

    made_up_users made_up_;
    bool listed_ = false;

    std::map<std::string, app, std::less<>> apps_;
    std::string first_app_;
    std::map<std::uint64_t, user> users_;
    std::vector<std::uint64_t> order_;
    std::unordered_map<std::string, std::uint64_t> by_username_;

    std::map<std::uint64_t, tweet> tweets_;
    std::map<std::uint64_t, std::set<std::uint64_t>> tweets_by_author_;
    std::set<std::uint64_t> erased_;
    std::map<std::uint64_t, std::int64_t> tweet_change_;
    std::uint64_t next_tweet_id_ = 1'900'000'000'000'000'000;

    std::map<std::uint64_t, std::vector<std::uint64_t>> followers_;

    std::map<std::string, grant, std::less<>> grants_;
    std::map<std::pair<std::string, std::uint64_t>, std::vector<std::string>> grants_by_user_;
    std::map<std::string, std::string, std::less<>> bearers_;
    client_registry clients_;
};

} // namespace coauth::sandbox
