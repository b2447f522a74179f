// The members of a response about users: where each is, and what it is.
#pragma once

#include <coauth/twitter/endpoints.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

namespace coauth::twitter {

/// The objects and lists of a response about users that are read.
enum class place : std::uint8_t {
    response, ///< The outermost object, if it is not a user.
    meta,
    problems, ///< A list.
    problem,
    users, ///< A list.
    user,
    metrics, ///< API 2's `public_metrics`.
    entities,
    entities_url,
    links, ///< A list, `entities.url.urls`.
    link,
    none,
};

constexpr bool is_list(place at) noexcept
{
    return at == place::problems || at == place::users || at == place::links;
}

/// What a member is; the two APIs may have two names for it.
enum class field : std::uint8_t {
    response,
    data, ///< The user, or the list of users.
    errors,
    meta,
    next_page,
    element, ///< Of a list.

    // Of a user.
    id,
    id_str,
    username,
    name,
    description,
    location,
    short_url,
    entities,
    entities_url,
    links,
    long_url,
    picture,
    email,
    is_protected,
    verified,
    created_at,
    metrics,
    followers,
    following,
    tweets,
    posts, ///< X is renaming tweets to posts.

    // Of a problem.
    code,
    title,
    message,
    detail,
    type,
    value,
    resource_id,
};

/// Fields, a bit each.
class field_set {
public:
    constexpr field_set() = default;
    constexpr field_set(field first, field last) noexcept : bits_(2 * bit(last) - bit(first)) {}

    constexpr bool has(field f) const noexcept { return (bits_ & bit(f)) != 0; }
    constexpr bool has_any(field_set other) const noexcept { return (bits_ & other.bits_) != 0; }
    constexpr void add(field f) noexcept { bits_ |= bit(f); }
    constexpr void remove(field_set other) noexcept { bits_ &= ~other.bits_; }

private:
    static constexpr std::uint64_t bit(field f) noexcept { return std::uint64_t(1) << static_cast<unsigned>(f); }

    std::uint64_t bits_ = 0;
};

inline constexpr field_set user_fields(field::id, field::posts);
inline constexpr field_set problem_fields(field::code, field::resource_id);

/// A member that is read.
struct member {
    place parent = place::none;
    std::string_view name; ///< Empty: not a member, but the element of a list.
    field meaning = field::element;
    place content = place::none; ///< What an object or a list is read as.
};

/// The members that are read, sorted by `comes_before`.
class member_table {
public:
    constexpr explicit member_table(std::span<const member> sorted) noexcept : members_(sorted.data())
    {
        for (const member& m : sorted)
            ++first_[position(m.parent, m.name) + 1];
        for (std::size_t i = 1; i < first_.size(); ++i)
            first_[i] = static_cast<std::uint8_t>(first_[i] + first_[i - 1]);
    }

    static constexpr bool comes_before(const member& a, const member& b) noexcept
    {
        return position(a.parent, a.name) < position(b.parent, b.name);
    }

    /// Null for a member that is not read. An empty name: what the elements of a list are.
    const member* find(place parent, std::string_view name) const noexcept
    {
        if (name.size() >= lengths)
            return nullptr;
        const std::size_t at = position(parent, name);
        const member* const end = members_ + first_[at + 1];
        for (const member* m = members_ + first_[at]; m != end; ++m)
            if (is_same(m->name, name))
                return m;
        return nullptr;
    }

private:
    static constexpr std::size_t lengths = 32;
    static constexpr std::size_t positions = lengths * (static_cast<std::size_t>(place::none) + 1);
    // Without a call, which would cost as much as the rest: this is done for each member of a response.
    static bool is_same(std::string_view known, std::string_view name) noexcept
    {
        std::uint64_t a = 0;
        std::uint64_t b = 0;
        for (; name.size() >= sizeof a; known.remove_prefix(sizeof a), name.remove_prefix(sizeof a)) {
            std::memcpy(&a, known.data(), sizeof a);
            std::memcpy(&b, name.data(), sizeof b);
            if (a != b)
                return false;
        }
        for (std::size_t i = 0; i < name.size(); ++i)
            if (known[i] != name[i])
                return false;
        return true;
    }

    static constexpr std::size_t position(place parent, std::string_view name) noexcept
    {
        return static_cast<std::size_t>(parent) * lengths + name.size();
    }

    const member* members_;
    /// The index of the first member at each position; those at one position differ in their names only.
    std::array<std::uint8_t, positions + 1> first_{};
};

const member_table& members_of(api_version api) noexcept;

} // namespace coauth::twitter
