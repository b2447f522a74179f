#include "twitter/json_members.hpp"

#include "twitter/dates.hpp"
#include "twitter/json_answer.hpp"
#include "twitter/names.hpp"
#include "twitter/texts.hpp"

#include <coauth/error.hpp>

#include <array>
#include <charconv>
#include <system_error>

namespace coauth::twitter {

namespace {

namespace json = boost::json;

[[noreturn]] void refuse(std::string_view name, std::string_view why)
{
    throw error(errc::malformed_response, "response: `" + std::string(name) + "` is " + std::string(why));
}

// Null if the member is missing or null.
const json::value* find(const json::object& object, std::string_view name)
{
    const json::value* value = object.if_contains(json::string_view(name.data(), name.size()));
    return value && !value->is_null() ? value : nullptr;
}

std::string_view view(const json::string& text)
{
    return {text.data(), text.size()};
}

// 2^63 and above have 19 digits too, and fit no signed integer.
bool is_id_in_range(std::string_view text)
{
    std::int64_t value = 0;
    return is_id(text) && std::from_chars(text.data(), text.data() + text.size(), value).ec == std::errc();
}

std::optional<std::string> id_in(const json::value& value)
{
    std::string id;
    if (const json::string* text = value.if_string())
        id = view(*text);
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
        if (const json::value* value = find(object, member); value && is_repeated(*value))
            return {std::nullopt, member, "named more than once"};
    // `id` is not looked at beside `id_str`: JavaScript made a double of it somewhere on the way.
    for (const char* member : members)
        if (const json::value* value = find(object, member))
            return {id_in(*value), member, "not an id"};
    return {std::nullopt, "id", "missing"};
}

std::optional<std::string> find_clean(
    const json::object& object, std::string_view name, std::string (*clean)(std::string_view))
{
    const auto raw = find_raw_text(object, name);
    std::string text = raw ? clean(*raw) : std::string();
    if (text.empty())
        return std::nullopt;
    return text;
}

} // namespace

const json::object* find_object(const json::object& object, std::string_view name)
{
    const json::value* value = find(object, name);
    return value ? value->if_object() : nullptr;
}

const json::array* find_array(const json::object& object, std::string_view name)
{
    const json::value* value = find(object, name);
    return value ? value->if_array() : nullptr;
}

const json::object& as_object(const json::value& value, std::string_view what)
{
    const json::object* object = value.if_object();
    if (!object)
        refuse(what, "not an object");
    return *object;
}

const json::array& as_array(const json::value& value, std::string_view what)
{
    const json::array* array = value.if_array();
    if (!array)
        refuse(what, "not a list");
    return *array;
}

std::optional<std::string_view> find_raw_text(const json::object& object, std::string_view name)
{
    const json::value* value = find(object, name);
    const json::string* text = value ? value->if_string() : nullptr;
    return text && !text->empty() ? std::optional(view(*text)) : std::nullopt;
}

std::optional<std::string> find_text(const json::object& object, std::string_view name)
{
    return find_clean(object, name, clean_lines);
}

std::optional<std::string> find_line(const json::object& object, std::string_view name)
{
    return find_clean(object, name, clean_line);
}

std::optional<bool> find_bool(const json::object& object, std::string_view name)
{
    const json::value* value = find(object, name);
    return value && value->is_bool() ? std::optional(value->get_bool()) : std::nullopt;
}

std::optional<std::int64_t> find_count(const json::object& object, std::string_view name)
{
    const json::value* value = find(object, name);
    const std::int64_t* number = value ? value->if_int64() : nullptr;
    return number && *number >= 0 ? std::optional(*number) : std::nullopt;
}

std::optional<std::string> find_id(const json::object& object, std::string_view name)
{
    const json::value* value = find(object, name);
    return value ? id_in(*value) : std::nullopt;
}

std::string own_id(const json::object& object)
{
    const own_id_result read = read_own_id(object);
    if (!read.id)
        refuse(read.member, read.fault);
    return *read.id;
}

std::optional<std::string> find_own_id(const json::object& object)
{
    return read_own_id(object).id;
}

std::optional<std::chrono::sys_seconds> find_time(api_version api, const json::object& object, std::string_view name)
{
    const auto text = find_raw_text(object, name);
    if (!text)
        return std::nullopt;
    return api == api_version::v2 ? read_v2_date(*text) : read_v1_1_date(*text);
}

} // namespace coauth::twitter
