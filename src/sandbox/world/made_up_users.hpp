// The users of a sandbox without a seed: `user_1`, `user_2`, ... and their tweets, made from their
// numbers alone, so that a million of them need no memory.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace coauth::sandbox {

struct user {
    user() = default;

    std::uint64_t id = 0;
    std::string username;
    std::string name;
    std::string picture; ///< An https URL, or a path on this sandbox; empty: none.
    std::string description;
    std::string location;
    std::string url;
    std::string email;
    bool email_verified = true;
    std::string locale; ///< "en"; empty: not known.
    bool is_protected = false;
    bool verified = false;
    bool suspended = false;
    std::int64_t followers_count = 0;
    std::int64_t following_count = 0;
    std::int64_t tweet_count = 0;
    std::chrono::sys_seconds created_at{};
};

struct tweet {
    tweet() = default;

    std::uint64_t id = 0;
    std::uint64_t author = 0;
    std::string text;
    std::chrono::sys_seconds created_at{};
    std::uint64_t reply_to = 0; ///< 0: no reply.
};

/// Numbers run from 1 to `size`. The same number is the same user in every sandbox; counts of
/// followers depend on `size` as well.
///
/// Thread safety: safe; nothing changes.
class made_up_users {
public:
    explicit made_up_users(std::size_t size) : size_(size) {}

    std::size_t size() const noexcept { return size_; }

    std::optional<std::size_t> number_of_id(std::uint64_t id) const noexcept;
    /// Compares without case.
    std::optional<std::size_t> number_of_username(std::string_view username) const noexcept;
    user at(std::size_t number) const;

    /// Newest first.
    std::vector<tweet> tweets_of(std::size_t number) const;
    std::vector<tweet> mentions_of(std::size_t number) const;
    std::optional<tweet> tweet_by_id(std::uint64_t id) const;

    bool follows(std::size_t follower, std::size_t followed) const noexcept;
    std::size_t follower_count(std::size_t number) const noexcept;
    /// Ids of followers, from the `first`-th (0 is the newest), `count` at most.
    std::vector<std::uint64_t> followers_of(std::size_t number, std::size_t first, std::size_t count) const;

    static std::uint64_t id_of(std::size_t number) noexcept;

private:
    std::size_t wrapped(std::size_t number) const noexcept { return (number - 1) % size_ + 1; }
    tweet made_up_tweet(std::size_t author, std::size_t index) const;

    std::size_t size_;
};

} // namespace coauth::sandbox
