#include "api/json_members.hpp"

#include "api/clean_text.hpp"
#include "text/json_body.hpp"

#include <coauth/error.hpp>

namespace coauth::api {

namespace {

namespace json = boost::json;

std::string_view view(const json::string& text)
{
    return {text.data(), text.size()};
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

void refuse_member(std::string_view name, std::string_view fault)
{
    throw error(errc::malformed_response, "response: `" + std::string(name) + "` is " + std::string(fault));
}

const json::value* find_member(const json::object& object, std::string_view name)
{
    const json::value* value = object.if_contains(json::string_view(name.data(), name.size()));
    return value && !value->is_null() ? value : nullptr;
}

const json::object* find_object(const json::object& object, std::string_view name)
{
    const json::value* value = find_member(object, name);
    return value ? value->if_object() : nullptr;
}

const json::object& as_object(const json::value& value, std::string_view name)
{
    const json::object* object = value.if_object();
    if (!object)
        refuse_member(name, "not an object");
    return *object;
}

const json::array& as_array(const json::value& value, std::string_view name)
{
    const json::array* array = value.if_array();
    if (!array)
        refuse_member(name, "not a list");
    return *array;
}

std::optional<std::string_view> find_raw_text(const json::object& object, std::string_view name)
{
    const json::value* value = find_member(object, name);
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
    const json::value* value = find_member(object, name);
    return value && value->is_bool() ? std::optional(value->get_bool()) : std::nullopt;
}

std::optional<std::int64_t> find_count(const json::object& object, std::string_view name)
{
    const json::value* value = find_member(object, name);
    const std::int64_t* number = value ? value->if_int64() : nullptr;
    return number && *number >= 0 ? std::optional(*number) : std::nullopt;
}

} // namespace coauth::api
