#include "sandbox/tools/faults.hpp"

#include "sandbox/strict_json.hpp"

#include <coauth/text/ascii.hpp>

#include <boost/json/array.hpp>

#include <algorithm>

namespace coauth::sandbox {

namespace json = boost::json;

namespace {

fault_action read_action(const json_object& o)
{
    const auto text = o.text("action", "");
    if (text.empty())
        return fault_action::none;
    if (text == "drop")
        return fault_action::drop;
    if (text == "truncate")
        return fault_action::truncate;
    if (text == "garbage")
        return fault_action::garbage;
    o.refuse("action", "must be drop, truncate, garbage or null");
}

bool is_header_name(std::string_view name)
{
    return !name.empty() && std::all_of(name.begin(), name.end(),
                                [](char c) { return text::is_letter_or_digit(c) || c == '-' || c == '_'; });
}

bool is_header_value(std::string_view value)
{
    return std::none_of(value.begin(), value.end(), [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

void read_headers(const json_object& o, scripted_fault& into)
{
    const auto* headers = o.find("headers");
    if (!headers)
        return;
    const auto* list = headers->if_object();
    if (!list)
        o.refuse("headers", "must be an object of texts");
    for (const auto& member : *list) {
        const auto* value = member.value().if_string();
        if (!value)
            o.refuse("headers", "must be an object of texts");
        std::string name(member.key().data(), member.key().size());
        std::string text(value->data(), value->size());
        if (!is_header_name(name) || !is_header_value(text))
            o.refuse("headers", "holds a name or value that a header can't hold");
        into.headers.emplace_back(std::move(name), std::move(text));
    }
}

scripted_fault read_fault(const json::value& value, std::string path)
{
    const json_object o(value, std::move(path));
    o.allow_only({"route", "nth", "times", "status", "delay_ms", "body", "headers", "action"});

    scripted_fault f;
    const auto name = o.text("route");
    if (name != "*") {
        f.faulty_route = route_named(name);
        if (!f.faulty_route)
            o.refuse("route", "is not one of the sandbox's; it is a path such as /2/users/:id, or *");
    }
    f.nth = o.number("nth", 1, 1);
    f.times = o.number("times", 1, 0);
    if (o.has("status"))
        f.status = static_cast<int>(o.number("status", 0, 200, 599));
    if (o.has("body"))
        f.body = o.text("body", "");
    read_headers(o, f);
    f.delay = std::chrono::milliseconds(o.number("delay_ms", 0, 0, 600'000));
    f.action = read_action(o);
    if (!f.status && !f.body && f.headers.empty() && f.delay.count() == 0 && f.action == fault_action::none)
        o.refuse("action", "or another field must say what is to happen");
    return f;
}

} // namespace

std::vector<scripted_fault> read_faults(std::string_view text)
{
    const auto value = parse_json(text, "the list of faults");
    const auto* list = value.if_array();
    if (!list)
        throw error(errc::invalid_argument, "the list of faults must be a JSON array");
    std::vector<scripted_fault> faults;
    for (std::size_t i = 0; i < list->size(); ++i)
        faults.push_back(read_fault((*list)[i], "faults[" + std::to_string(i) + ']'));
    return faults;
}

std::optional<scripted_fault> fault_script::next(const route* r)
{
    std::optional<scripted_fault> striking;
    for (auto& f : faults_) {
        if (f.faulty_route && f.faulty_route != r)
            continue;
        ++f.calls;
        const bool strikes = f.calls >= f.nth && (f.times == 0 || f.calls - f.nth < f.times);
        if (strikes && !striking)
            striking = f;
    }
    return striking;
}

} // namespace coauth::sandbox
