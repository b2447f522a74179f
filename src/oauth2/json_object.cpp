#include "oauth2/json_object.hpp"

#include <coauth/text/utf8.hpp>

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <utility>

namespace coauth::oauth2 {

namespace {

// Recursion is bounded by the reader's depth limit.
bool has_repeated_member(const boost::json::value& value)
{
    if (const boost::json::array* array = value.if_array())
        return std::any_of(array->begin(), array->end(), has_repeated_member);
    const boost::json::object* object = value.if_object();
    return object && std::any_of(object->begin(), object->end(), [](const auto& member) {
        return text::is_repeated(member.value()) || has_repeated_member(member.value());
    });
}

} // namespace

std::optional<strict_object> strict_object::parse(std::string_view json)
{
    if (!text::is_utf8(json))
        return std::nullopt;
    try {
        text::json_body body = text::read_json(json);
        if (!body.root().is_object() || has_repeated_member(body.root()))
            return std::nullopt;
        return strict_object(std::move(body));
    } catch (const error&) {
        return std::nullopt;
    }
}

const boost::json::value* strict_object::find(std::string_view name) const noexcept
{
    return members().if_contains(boost::json::string_view(name.data(), name.size()));
}

std::optional<std::string_view> text_of(const boost::json::value* value) noexcept
{
    const boost::json::string* text = value ? value->if_string() : nullptr;
    return text ? std::optional(std::string_view(text->data(), text->size())) : std::nullopt;
}

} // namespace coauth::oauth2
