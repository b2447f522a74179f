#include "twitter/json_members.hpp"

#include "twitter/dates.hpp"
#include "twitter/names.hpp"

#include <coauth/error.hpp>

#include <algorithm>
#include <charconv>
#include <system_error>

namespace coauth::twitter {

namespace {

namespace json = boost::json;

[[noreturn]] void refuse(std::string_view name, std::string_view why)
{
    throw error(errc::malformed_response, "the answer's `" + std::string(name) + "` is " + std::string(why));
}

const json::value* find(const json::object& in, std::string_view name)
{
    const json::value* value = in.if_contains(json::string_view(name.data(), name.size()));
    return value && !value->is_null() ? value : nullptr;
}

std::string_view view(const json::string& text)
{
    return {text.data(), text.size()};
}

bool is_control(char c) noexcept
{
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

// 2^63 and above have 19 digits too, and fit no signed integer.
bool is_id_in_range(std::string_view text)
{
    std::int64_t value = 0;
    return is_id(text) && std::from_chars(text.data(), text.data() + text.size(), value).ec == std::errc();
}

} // namespace

const json::object* find_object(const json::object& in, std::string_view name)
{
    const json::value* value = find(in, name);
    return value ? &as_object(*value, name) : nullptr;
}

const json::array* find_array(const json::object& in, std::string_view name)
{
    const json::value* value = find(in, name);
    return value ? &as_array(*value, name) : nullptr;
}

const json::object& as_object(const json::value& value, std::string_view what)
{
    const json::object* object = value.if_object();
    if (!object)
        refuse(what, "no object");
    return *object;
}

const json::array& as_array(const json::value& value, std::string_view what)
{
    const json::array* array = value.if_array();
    if (!array)
        refuse(what, "no list");
    return *array;
}

std::optional<std::string> find_text(const json::object& in, std::string_view name)
{
    const json::value* value = find(in, name);
    if (!value)
        return std::nullopt;
    const json::string* text = value->if_string();
    if (!text)
        refuse(name, "no text");
    if (text->empty())
        return std::nullopt;
    if (view(*text).find('\0') != std::string_view::npos)
        refuse(name, "a text with a NUL");
    return std::string(view(*text));
}

std::optional<std::string> find_line(const json::object& in, std::string_view name)
{
    auto text = find_text(in, name);
    if (text && std::any_of(text->begin(), text->end(), is_control))
        refuse(name, "a text with control characters");
    return text;
}

std::optional<bool> find_bool(const json::object& in, std::string_view name)
{
    const json::value* value = find(in, name);
    if (!value)
        return std::nullopt;
    if (!value->is_bool())
        refuse(name, "neither true nor false");
    return value->get_bool();
}

std::optional<std::int64_t> find_count(const json::object& in, std::string_view name)
{
    const json::value* value = find(in, name);
    if (!value)
        return std::nullopt;
    if (!value->is_int64() || value->get_int64() < 0)
        refuse(name, "no whole number in range");
    return value->get_int64();
}

std::optional<std::string> find_id(const json::object& in, std::string_view name)
{
    const json::value* value = find(in, name);
    if (!value)
        return std::nullopt;
    std::string id;
    if (const json::string* text = value->if_string())
        id = view(*text);
    else if (const std::int64_t* number = value->if_int64())
        id = std::to_string(*number);
    if (!is_id_in_range(id))
        refuse(name, "no id");
    return id;
}

std::string own_id(const json::object& in)
{
    // `id` is not looked at beside `id_str`: JavaScript made a double of it somewhere on the way.
    auto id = find_id(in, "id_str");
    if (!id)
        id = find_id(in, "id");
    if (!id)
        refuse("id", "missing");
    return *std::move(id);
}

std::optional<std::chrono::sys_seconds> find_time(api_version api, const json::object& in, std::string_view name)
{
    const auto text = find_line(in, name);
    if (!text)
        return std::nullopt;
    const auto time = api == api_version::v2 ? read_v2_date(*text) : read_v1_1_date(*text);
    if (!time)
        refuse(name, "no time");
    return time;
}

} // namespace coauth::twitter
