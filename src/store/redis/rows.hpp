// Keys and values as a Redis keeps them. What decides is in plain, and bound to what is sealed.
#pragma once

#include "store/sealed_record.hpp"

#include <coauth/error.hpp>
#include <coauth/identity/user.hpp>
#include <coauth/store/pending_login.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace coauth::store::redis {

/// A store's keys begin with `PREFIX{TABLE}:`; in braces, so that they are in one slot.
std::string redis_table(std::string_view prefix, std::string_view table);

/// "LENGTH:PROVIDER:ID" with the length of the provider's name, so that no two users have one text.
std::string user_text(const user_key& user);
std::optional<user_key> read_user_text(std::string_view text);

/// A whole number in so many digits, with zeros in front.
std::string digits(std::uint64_t number, std::size_t size);
std::optional<std::uint64_t> read_digits(std::string_view text);

/// Times are microseconds since 1970 in 16 digits, the most that a Lua number holds exactly.
inline constexpr std::size_t time_size = 16;
std::uint64_t microseconds_of(std::chrono::system_clock::time_point time);
std::string time_digits(std::chrono::system_clock::time_point time);

std::string octets_of(const login_id& id);
std::string octets_of(const browser_digest& browser);

/// The error of a record whose plain part is not what this program wrote.
error altered_record(const record_place& place, std::string reason = "it was altered");

/// A login that waits: `p`, the time at which it is due, the browser's digest (32 octets), and what is sealed. One that has
/// ended: `r` (taken) or `e` (expired), and the time until which that is remembered.
record_place place_of_login(std::string_view prefix, const login_id& id, std::uint64_t due);

/// How a login ended, in the stream `ended`.
record_place place_of_end(std::string_view prefix, const login_id& id);

/// A credential: its version in 20 digits, and what is sealed.
inline constexpr std::size_t version_size = 20;
record_place place_of_token(std::string_view prefix, const user_key& user, std::uint64_t version);

/// A signed-in browser: the time of sign-in, the length of the user's text in 4 digits, that text, and what is sealed.
inline constexpr std::size_t user_size_size = 4;
record_place place_of_visitor(std::string_view prefix, std::string_view browser_hex, std::uint64_t begun);

struct visitor_row {
    visitor_row(std::uint64_t new_begun, std::string_view new_user, std::string_view new_sealed)
        : begun(new_begun), user(new_user), sealed(new_sealed)
    {}

    std::uint64_t begun;
    std::string_view user;
    std::string_view sealed;
};
std::optional<visitor_row> read_visitor_row(std::string_view value);

/// Where in a value of ours something is sealed.
struct sealed_part {
    sealed_part(record_place new_place, std::size_t new_begin) : place(std::move(new_place)), begin(new_begin) {}

    record_place place;
    std::size_t begin;
};

/// Nothing if the key is none of the prefix's records, or holds nothing sealed.
std::optional<sealed_part> sealed_part_of(std::string_view prefix, std::string_view key, std::string_view value);

} // namespace coauth::store::redis
