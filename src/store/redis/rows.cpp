#include "store/redis/rows.hpp"

#include "text/hex.hpp"

#include <algorithm>
#include <charconv>
#include <tuple>
#include <utility>

namespace coauth::store::redis {

namespace {

template <class Octets>
std::string text_of_octets(const Octets& octets)
{
    return std::string(octets.begin(), octets.end());
}

constexpr std::size_t login_front_size = 1 + time_size + std::tuple_size_v<decltype(browser_digest::octets)>;

// What stands behind `front`.
std::optional<std::string_view> behind(std::string_view text, const std::string& front)
{
    return text.starts_with(front) ? std::optional(text.substr(front.size())) : std::nullopt;
}

} // namespace

std::string redis_table(std::string_view prefix, std::string_view table)
{
    return std::string(prefix) + "{" + std::string(table) + "}:";
}

std::string user_text(const user_key& user)
{
    return std::to_string(user.provider.size()) + ":" + user.provider + ":" + user.id;
}

std::optional<user_key> read_user_text(std::string_view text)
{
    const auto colon = text.find(':');
    if (colon == std::string_view::npos)
        return std::nullopt;
    const auto size = read_digits(text.substr(0, colon));
    const auto names = text.substr(colon + 1);
    if (!size || *size >= names.size() || names[*size] != ':')
        return std::nullopt;
    return user_key(std::string(names.substr(0, *size)), std::string(names.substr(*size + 1)));
}

std::string digits(std::uint64_t number, std::size_t size)
{
    const auto text = std::to_string(number);
    return text.size() >= size ? text : std::string(size - text.size(), '0') + text;
}

std::optional<std::uint64_t> read_digits(std::string_view text)
{
    std::uint64_t number = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failed != std::errc() || end != text.data() + text.size())
        return std::nullopt;
    return number;
}

std::uint64_t microseconds_of(std::chrono::system_clock::time_point time)
{
    constexpr std::int64_t most = 9'000'000'000'000'000; // the year 2255
    const auto passed = std::chrono::floor<std::chrono::microseconds>(time.time_since_epoch()).count();
    return static_cast<std::uint64_t>(std::clamp<std::int64_t>(passed, 0, most));
}

std::string time_digits(std::chrono::system_clock::time_point time)
{
    return digits(microseconds_of(time), time_size);
}

std::string octets_of(const login_id& id)
{
    return text_of_octets(id.octets);
}

std::string octets_of(const browser_digest& browser)
{
    return text_of_octets(browser.octets);
}

error altered_record(const record_place& place, std::string reason)
{
    return unreadable_record(place, std::move(reason))
        .with_hint("a program other than coauth wrote to the Redis, under this prefix");
}

record_place place_of_login(std::string_view prefix, const login_id& id, std::uint64_t due)
{
    return record_place(std::string(prefix), "logins", "", text::hex_encode(octets_of(id)), due);
}

record_place place_of_end(std::string_view prefix, const login_id& id)
{
    return record_place(std::string(prefix), "ended", "", text::hex_encode(octets_of(id)), 0);
}

record_place place_of_token(std::string_view prefix, const user_key& user, std::uint64_t version)
{
    return record_place(std::string(prefix), "tokens", user.provider, user.id, version);
}

record_place place_of_visitor(std::string_view prefix, std::string_view browser_hex, std::uint64_t begun)
{
    return record_place(std::string(prefix), "visitors", "", std::string(browser_hex), begun);
}

std::optional<visitor_row> read_visitor_row(std::string_view value)
{
    constexpr std::size_t front = time_size + user_size_size;
    if (value.size() < front)
        return std::nullopt;
    const auto begun = read_digits(value.substr(0, time_size));
    const auto size = read_digits(value.substr(time_size, user_size_size));
    if (!begun || !size || value.size() - front < *size)
        return std::nullopt;
    return visitor_row(*begun, value.substr(front, *size), value.substr(front + *size));
}

std::optional<sealed_part> sealed_part_of(std::string_view prefix, std::string_view key, std::string_view value)
{
    if (const auto user_name = behind(key, redis_table(prefix, "token"))) {
        const auto user = read_user_text(*user_name);
        if (!user)
            return std::nullopt;
        const auto version = read_digits(value.substr(0, version_size)).value_or(0);
        return sealed_part(place_of_token(prefix, *user, version), std::min(value.size(), version_size));
    }
    if (const auto browser_hex = behind(key, redis_table(prefix, "visitor") + "row:")) {
        const auto row = read_visitor_row(value);
        if (!row)
            return sealed_part(place_of_visitor(prefix, *browser_hex, 0), value.size());
        return sealed_part(place_of_visitor(prefix, *browser_hex, row->begun), value.size() - row->sealed.size());
    }
    if (const auto id = behind(key, redis_table(prefix, "login")); id && value.starts_with('p')) {
        const auto due = read_digits(value.substr(1, time_size)).value_or(0);
        record_place place(std::string(prefix), "logins", "", std::string(*id), due);
        return sealed_part(std::move(place), std::min(value.size(), login_front_size));
    }
    return std::nullopt;
}

} // namespace coauth::store::redis
