// The rows of a visitor store in memory. No lock and no clock: those are the store's.
#pragma once

#include <coauth/store/visitor_store.hpp>

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace coauth::store {

class visitor_table {
public:
    using time_point = visitor_store::time_point;

    /// Throws `errc::invalid_argument` for limits out of range.
    explicit visitor_table(const visitor_limits& limits);

    const visitor_limits& limits() const noexcept { return limits_; }

    std::optional<user_key> add(
        const browser_digest& browser, signed_in_user user, const browser_digest& previous, time_point now);
    std::optional<signed_in_user> find(const browser_digest& browser, time_point now) const;
    std::optional<user_key> remove(const browser_digest& browser);
    bool remove_all(const user_key& user, time_point latest);
    bool has(const user_key& user) const { return of_user_.contains(user); }
    std::vector<user_key> expire(time_point now, std::size_t limit);
    std::size_t count() const noexcept { return rows_.size(); }

private:
    using digest = std::array<std::uint8_t, 32>;

    // Rows in the order of sign-in; the number tells those of the same time apart.
    struct sign_in {
        sign_in(time_point new_begun, std::uint64_t new_number, const digest& new_browser)
            : begun(new_begun), number(new_number), browser(new_browser)
        {}

        time_point begun;
        std::uint64_t number;
        digest browser;

        auto operator<=>(const sign_in&) const = default;
    };
    using sign_ins = std::set<sign_in>;

    using users = std::map<user_key, sign_ins>;

    struct row {
        row(signed_in_user new_user, const sign_in& new_position, users::iterator new_all_of_user)
            : user(std::move(new_user)), position(new_position), all_of_user(new_all_of_user)
        {}

        signed_in_user user;
        sign_in position;
        users::iterator all_of_user;
    };

    // Both return the user whose last row it was. They allocate nothing.
    std::optional<user_key> erase(const digest& browser) noexcept;
    std::optional<user_key> unlist(const sign_in& position, users::iterator all_of_user) noexcept;

    const visitor_limits limits_;
    std::map<digest, row> rows_;
    users of_user_;
    sign_ins of_all_;
    std::uint64_t last_number_ = 0;
};

} // namespace coauth::store
