#include "twitter/members.hpp"

#include "api/json_members.hpp"
#include "text/json_body.hpp"
#include "twitter/dates.hpp"
#include "twitter/names.hpp"

#include <array>
#include <cstdint>

namespace coauth::twitter {

namespace {

namespace json = boost::json;

std::optional<std::string> id_in(const json::value& value)
{
    std::string id;
    if (const json::string* text = value.if_string())
        id.assign(text->data(), text->size());
    else if (const std::int64_t* number = value.if_int64())
        id = std::to_string(*number);
    if (!is_id_in_range(id))
        return std::nullopt;
    return id;
}

struct own_id_result {
    std::optional<std::string> id;
    const char* member = "";
    const char* fault = ""; ///< Why the id is absent.
};

own_id_result read_own_id(const json::object& object)
{
    constexpr std::array members{"id_str", "id"};
    for (const char* member : members)
        if (const json::value* value = api::find_member(object, member); value && text::is_repeated(*value))
            return {std::nullopt, member, "named more than once"};
    // `id` is not looked at beside `id_str`: JavaScript made a double of it somewhere on the way.
    for (const char* member : members)
        if (const json::value* value = api::find_member(object, member))
            return {id_in(*value), member, "not an id"};
    return {std::nullopt, "id", "missing"};
}

} // namespace

bool is_id_in_range(std::string_view text) noexcept
{
    // 2^63 and above have 19 digits too, and fit no signed integer.
    constexpr std::string_view largest = "9223372036854775807";
    return is_id(text) && (text.size() < largest.size() || text <= largest);
}

std::optional<std::string> find_id(const json::object& object, std::string_view name)
{
    const json::value* value = api::find_member(object, name);
    return value ? id_in(*value) : std::nullopt;
}

std::string own_id(const json::object& object)
{
    const own_id_result read = read_own_id(object);
    if (!read.id)
        api::refuse_member(read.member, read.fault);
    return *read.id;
}

std::optional<std::string> find_own_id(const json::object& object)
{
    return read_own_id(object).id;
}

std::optional<std::chrono::sys_seconds> find_time(
    api_version version, const json::object& object, std::string_view name)
{
    const auto text = api::find_raw_text(object, name);
    if (!text)
        return std::nullopt;
    return version == api_version::v2 ? read_v2_date(*text) : read_v1_1_date(*text);
}

} // namespace coauth::twitter
