// The values of the members of a response that are read.
#pragma once

#include "twitter/members.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace coauth::twitter {

enum class value_kind : std::uint8_t {
    absent,
    null,
    text,
    integer,
    flag,
    contents, ///< An object or a list, as it is to be read.
    odd,      ///< Anything else.
    repeated, ///< Named more than once: two readers could take different ones.
};

struct value {
    constexpr value(
        value_kind new_kind = value_kind::absent, std::string_view new_text = {}, std::int64_t new_number = 0) noexcept
        : kind(new_kind), text(new_text), number(new_number)
    {}

    value_kind kind;
    std::string_view text; ///< As it came; empty if it is none.
    std::int64_t number;   ///< Of an integer; of a flag 1 or 0.

    bool is_given() const noexcept { return kind > value_kind::null; }
    bool is_repeated() const noexcept { return kind == value_kind::repeated; }
    bool has_contents() const noexcept { return kind == value_kind::contents; }

    std::optional<bool> flag() const noexcept
    {
        return kind == value_kind::flag ? std::optional(number != 0) : std::nullopt;
    }

    /// A whole number from 0. A number with a fraction or an exponent, or in quotes, is none.
    std::optional<std::int64_t> count() const noexcept
    {
        return kind == value_kind::integer && number >= 0 ? std::optional(number) : std::nullopt;
    }

    /// An id from 1 to 2^63-1 without zeros in front. The provider writes it as a text or as an integer; a number with
    /// a fraction or an exponent, or one too large for an integer, has lost digits and is none.
    std::optional<std::string> id() const;
};

/// The values by what they are. Views of the body, and valid while it is read.
class values {
public:
    bool has(field f) const noexcept { return (given_ & bit(f)) != 0; }
    const value& operator[](field f) const noexcept { return has(f) ? all_[index_of(f)] : none_; }

    void set(field f, const value& v) noexcept
    {
        all_[index_of(f)] = v;
        given_ |= bit(f);
    }

    void forget(field_set fields) noexcept { given_ &= ~fields; }

private:
    static constexpr value none_{};

    std::array<value, field_count> all_;
    field_set given_ = 0;
};

/// The id of the user or the tweet itself.
struct own_id {
    std::string id;          ///< Empty if it cannot be read.
    std::string_view member; ///< Where it is, or should be.
    std::string_view fault;  ///< Why the id is empty.
};

/// `id_str` if it is there, else `id`. Neither may be named twice.
own_id own_id_of(const value& id_str, const value& id);

} // namespace coauth::twitter
