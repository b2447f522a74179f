// The members of X's responses that are read: where each is, and what it is.
#pragma once

#include <coauth/twitter/endpoints.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

namespace coauth::twitter {

/// What a member, or an element of a list, is; the two APIs may have two names for it.
enum class field : std::uint8_t {
    none,
    body, ///< The outermost object, if what the response is about is in a member of it.
    data, ///< That member.

    errors,
    problem,
    code,
    title,
    message,
    detail,
    type,
    value,
    resource_id,

    meta,
    next_page,
    newest_id,

    users,
    user,
    id, ///< Of a user or a tweet, as `id_str` and `created_at`.
    id_str,
    created_at,
    username,
    name,
    description,
    location,
    short_url,
    entities,
    entities_url,
    links,
    link,
    long_url,
    picture,
    email,
    is_protected,
    verified,
    metrics,
    followers,
    following,
    tweet_count,
    post_count, ///< X is renaming tweets to posts.

    tweets,
    tweet,
    full_text, ///< API 1.1, when asked for untruncated tweets.
    text,
    posted_by, ///< API 2: the author's id.
    reply_to,
    reply_to_str,
    references,
    reference,
    reference_type,
    reference_id,
    includes,
    authors,
    author,
    author_id,
    author_id_str,
    author_name,

    deletion,
    is_deleted,
};

constexpr std::size_t index_of(field f) noexcept
{
    return static_cast<std::size_t>(f);
}

inline constexpr std::size_t field_count = index_of(field::is_deleted) + 1;
static_assert(field_count <= 64);

/// Fields, a bit each.
using field_set = std::uint64_t;

constexpr field_set bit(field f) noexcept
{
    return field_set(1) << index_of(f);
}

/// What a member is read as.
enum class container : std::uint8_t { none, object, list };

/// A member that is read.
struct member {
    field parent = field::none;
    std::string_view name; ///< Empty: not a member, but each element of a list.
    field meaning = field::none;
    container holds = container::none;
};

/// How deep what is read is in objects and lists.
inline constexpr std::size_t most_nested = 8;

/// The members that are read, sorted by `comes_before`.
class member_table {
public:
    constexpr explicit member_table(std::span<const member> sorted) noexcept : members_(sorted.data())
    {
        for (const member& m : sorted)
            ++first_[position(m.parent, m.name.size()) + 1];
        for (std::size_t i = 1; i < first_.size(); ++i)
            first_[i] = static_cast<std::uint8_t>(first_[i] + first_[i - 1]);
        for (std::size_t depth = 0; depth != most_nested; ++depth)
            for (const member& m : sorted)
                below_[index_of(m.parent)] |= bit(m.meaning) | below_[index_of(m.meaning)];
    }

    static constexpr bool comes_before(const member& a, const member& b) noexcept
    {
        return position(a.parent, a.name.size()) < position(b.parent, b.name.size());
    }

    /// Null for a member that is not read. An empty name: what the elements of a list are.
    const member* find(field parent, std::string_view name) const noexcept
    {
        if (name.size() >= lengths)
            return nullptr;
        for (const member& m : between(position(parent, name.size()), 1))
            if (is_same(m.name.data(), name.data(), name.size()))
                return &m;
        return nullptr;
    }

    std::span<const member> of(field parent) const noexcept { return between(position(parent, 0), lengths); }

    /// What is in an object or a list, and in those in it.
    field_set below(field parent) const noexcept { return below_[index_of(parent)]; }

private:
    static constexpr std::size_t lengths = 32;

    static constexpr std::size_t position(field parent, std::size_t length) noexcept
    {
        return index_of(parent) * lengths + length;
    }

    std::span<const member> between(std::size_t at, std::size_t positions) const noexcept
    {
        return {members_ + first_[at], members_ + first_[at + positions]};
    }

    // Without a call, which would cost as much as the rest: this is done for each member of a response.
    static bool is_same(const char* known, const char* name, std::size_t size) noexcept
    {
        std::size_t at = 0;
        for (; at + 8 <= size; at += 8)
            if (eight_octets(known + at) != eight_octets(name + at))
                return false;
        if (at != 0) // the last ones, some of them again
            return eight_octets(known + size - 8) == eight_octets(name + size - 8);
        return std::equal(known, known + size, name);
    }

    static std::uint64_t eight_octets(const char* text) noexcept
    {
        std::uint64_t octets = 0;
        std::memcpy(&octets, text, sizeof octets);
        return octets;
    }

    const member* members_;
    /// The index of the first member at each position; those at one position differ in their names only.
    std::array<std::uint8_t, field_count * lengths + 1> first_{};
    std::array<field_set, field_count> below_{};
};

const member_table& members_of(api_version api) noexcept;

} // namespace coauth::twitter
