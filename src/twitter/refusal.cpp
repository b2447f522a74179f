#include "twitter/refusal.hpp"

#include "api/json_members.hpp"
#include "text/json_body.hpp"

#include <coauth/text/ascii.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <utility>

namespace coauth::twitter {

namespace {

namespace json = boost::json;

// The part that helps a reader is at the beginning; the rest is not searched.
constexpr std::size_t longest_body = 64 * 1024;

std::optional<int> code_in(std::optional<std::int64_t> number)
{
    return number && *number <= std::numeric_limits<int>::max() ? std::optional(static_cast<int>(*number))
                                                                : std::nullopt;
}

std::string_view last_segment(std::string_view url)
{
    return url.substr(url.rfind('/') + 1);
}

std::string_view first_of(std::string_view a, std::string_view b)
{
    return a.empty() ? b : a;
}

value value_of(const json::value& found)
{
    if (const json::string* text = found.if_string())
        return {value_kind::text, {text->data(), text->size()}};
    if (const std::int64_t* number = found.if_int64())
        return {value_kind::integer, {}, *number};
    return value_kind::odd;
}

// One problem of API 2, or one element of API 1.1's `errors`.
refusal refusal_of(const json::object& problem)
{
    values given;
    for (const member& m : members_of(api_version::v2).of(field::problem))
        if (const json::value* found = problem.if_contains(json::string_view(m.name.data(), m.name.size())))
            given.set(m.meaning, value_of(*found));
    return refusal_of(given);
}

// The element with a code tells most; else the first.
const json::value& most_telling(const json::array& errors)
{
    const auto* const found = std::find_if(errors.begin(), errors.end(),
        [](const json::value& e) { return e.is_object() && code_in(api::find_count(e.get_object(), "code")); });
    return found == errors.end() ? errors.front() : *found;
}

// Recursion is bounded by the parser's depth limit.
refusal refusal_in(const json::value& value)
{
    if (const json::object* object = value.if_object())
        return refusal_of(*object);
    if (const json::array* list = value.if_array(); list && !list->empty())
        return refusal_in(most_telling(*list));
    refusal r;
    if (const json::string* text = value.if_string())
        r.words.assign(text->data(), text->size());
    return r;
}

refusal from_json(const json::object& root)
{
    const refusal outer = refusal_of(root);
    const json::value* part = root.if_contains("errors");
    if (!part)
        part = root.if_contains("error");
    refusal inner = part ? refusal_in(*part) : refusal();
    if (!inner.code)
        inner.code = outer.code;
    const std::string_view described = api::find_raw_text(root, "error_description").value_or("");
    inner.words = first_of(inner.words, first_of(described, outer.words));
    inner.title = first_of(inner.title, outer.title);
    inner.problem = first_of(inner.problem, outer.problem);
    return inner;
}

std::string unescaped(std::string_view text)
{
    constexpr std::array<std::pair<std::string_view, char>, 5> entities{
        {{"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}, {"&amp;", '&'}}};
    std::string out;
    while (!text.empty()) {
        const auto found = std::find_if(
            entities.begin(), entities.end(), [text](const auto& entity) { return text.starts_with(entity.first); });
        out += found == entities.end() ? text.front() : found->second;
        text.remove_prefix(found == entities.end() ? 1 : found->first.size());
    }
    return out;
}

// From behind `<name`; empty if there is no such element.
std::string_view find_element(std::string_view markup, std::string_view name)
{
    const std::string opening = '<' + std::string(name);
    for (std::size_t at = markup.find(opening); at != std::string_view::npos; at = markup.find(opening, at + 1)) {
        const std::string_view rest = markup.substr(at + opening.size());
        if (rest.starts_with('>') || rest.starts_with(' ')) // not <errors>
            return rest.find('>') != rest.npos ? rest : std::string_view();
    }
    return {};
}

refusal from_markup(std::string_view body)
{
    refusal r;
    const std::string lower = text::lowered(body);
    r.page = lower.find("<html") != lower.npos || lower.find("<!doctype html") != lower.npos;
    const std::string_view element = find_element(body, r.page ? "title" : "error");
    const std::size_t tag_end = element.find('>') + 1;
    const std::string_view text = element.substr(tag_end);
    r.words = unescaped(text.substr(0, text.find("</")));
    if (!r.page)
        r.code = code_after(element.substr(0, tag_end), "code=\"");
    return r;
}

} // namespace

refusal refusal_of(const values& problem)
{
    refusal r;
    r.code = code_in(problem[field::code].count());
    r.title = problem[field::title].text;
    r.words = first_of(first_of(problem[field::message].text, problem[field::detail].text), r.title);
    r.problem = last_segment(problem[field::type].text);
    r.about = first_of(problem[field::value].text, problem[field::resource_id].text);
    return r;
}

std::optional<int> code_after(std::string_view text, std::string_view label)
{
    const std::size_t at = text.find(label);
    if (at == text.npos)
        return std::nullopt;
    int code = 0;
    text.remove_prefix(at + label.size());
    const bool is_number = std::from_chars(text.data(), text.data() + text.size(), code).ec == std::errc();
    return is_number && code >= 0 ? std::optional(code) : std::nullopt;
}

refusal read_refusal(std::string_view body)
{
    if (text::looks_like_markup(body)) {
        refusal r = from_markup(body.substr(0, longest_body));
        r.words = std::string(text::trimmed(r.words));
        return r;
    }
    try {
        const text::json_body parsed = text::read_json(body);
        if (const json::object* root = parsed.root().if_object())
            return from_json(*root);
        return refusal_in(parsed.root());
    } catch (const error&) {
        refusal r;
        r.words = std::string(text::trimmed(body.substr(0, longest_body)));
        return r;
    }
}

} // namespace coauth::twitter
