#include "enrich_profiles/output_line.hpp"

#include "program/json_output.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <array>
#include <utility>

namespace enrich {

namespace {

namespace json = boost::json;

// In the order of the enumeration.
constexpr std::array<std::string_view, 6> names = {"found", "not_found", "suspended", "protected", "invalid", "failed"};

constexpr std::string_view opening = "{\"input\":\"";
constexpr std::string_view after_input = "\"outcome\":\"";

output_line make_line(const input& given, outcome kind, json::value profile, json::value why)
{
    json::object o;
    o["input"] = given.text;
    o["outcome"] = name(kind);
    o["profile"] = std::move(profile);
    o["error"] = std::move(why);
    output_line line;
    line.kind = kind;
    line.number = given.number;
    line.end = given.end;
    line.text = json::serialize(o);
    line.text += '\n';
    return line;
}

json::value error_value(const coauth::error& e)
{
    return std::move(program::error_json(e)["error"]);
}

outcome meaning(coauth::lookup_outcome looked_up)
{
    using coauth::lookup_outcome;
    switch (looked_up) {
    case lookup_outcome::found:
        return outcome::found;
    case lookup_outcome::not_found:
        return outcome::not_found;
    case lookup_outcome::suspended:
        return outcome::suspended;
    case lookup_outcome::forbidden:
        return outcome::is_protected;
    case lookup_outcome::failed:
        break;
    }
    return outcome::failed;
}

// Takes `beginning` off `text` if it is there.
bool take(std::string_view& text, std::string_view beginning)
{
    if (!text.starts_with(beginning))
        return false;
    text.remove_prefix(beginning.size());
    return true;
}

// Takes off the rest of a JSON string, its closing quote included, and decodes it.
std::optional<std::string> take_string(std::string_view& text)
{
    std::size_t end = text.find_first_of("\"\\");
    const bool plain = end != text.npos && text[end] == '"';
    while (end != text.npos && text[end] == '\\')
        end = end + 2 <= text.size() ? text.find_first_of("\"\\", end + 2) : text.npos;
    if (end == text.npos)
        return std::nullopt;
    const auto raw = text.substr(0, end);
    text.remove_prefix(end + 1);
    if (plain)
        return std::string(raw);

    boost::system::error_code ec;
    const auto parsed = json::parse('"' + std::string(raw) + '"', ec);
    if (ec)
        return std::nullopt;
    return std::string(parsed.get_string());
}

} // namespace

std::string_view name(outcome kind) noexcept
{
    return names[static_cast<std::size_t>(kind)];
}

output_line lookup_line(const input& given, const coauth::lookup& result)
{
    json::value profile = nullptr;
    if (result.profile)
        profile = program::profile_json(*result.profile);
    json::value why = nullptr;
    if (result.why)
        why = error_value(*result.why);
    return make_line(given, meaning(result.outcome), std::move(profile), std::move(why));
}

output_line invalid(const input& given, const coauth::error& why)
{
    return make_line(given, outcome::invalid, nullptr, error_value(why));
}

// A million lines are read when a run resumes, so this looks at what it needs, and does not build JSON.
std::optional<written_line> read_output_line(std::string_view line)
{
    if (!take(line, opening))
        return std::nullopt;
    auto text = take_string(line);
    if (!text || !take(line, ",") || !take(line, after_input))
        return std::nullopt;
    const auto word = take_string(line);
    if (!word || !take(line, ",\"profile\":") || !line.ends_with('}'))
        return std::nullopt;
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (*word != names[i])
            continue;
        written_line found;
        found.kind = static_cast<outcome>(i);
        found.input = std::move(*text);
        return found;
    }
    return std::nullopt;
}

remnant look_at_remnant(std::string_view text)
{
    if (!text.starts_with(opening.substr(0, text.size())))
        return remnant::foreign;
    boost::system::error_code ec;
    json::parse(text, ec);
    return !ec && read_output_line(text) ? remnant::whole : remnant::torn;
}

} // namespace enrich
