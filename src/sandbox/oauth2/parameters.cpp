#include "sandbox/oauth2/parameters.hpp"

#include "sandbox/tools/masking.hpp"

#include <coauth/oauth1/parameters.hpp>
#include <coauth/text/utf8.hpp>

#include <algorithm>
#include <set>
#include <utility>

namespace coauth::sandbox {

namespace {

// Each is compared with all before it.
constexpr std::size_t most_parameters = 100;

bool has_control_character(std::string_view text)
{
    return std::any_of(
        text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

// A body of another kind, read as a form, has its secrets in what looks like names.
std::string shown_parameter(const std::string& name)
{
    return is_plain_name(name) ? "the parameter " + printable(name) : std::string("a parameter whose name is odd");
}

void add_parameters(std::string_view encoded, parameter_reading& reading)
{
    auto decoded = text::parse_form(encoded);
    if (!decoded) {
        reading.malformed = "a % is not followed by two hexadecimal digits";
        return;
    }
    if (reading.fields.size() + decoded->size() > most_parameters) {
        reading.malformed = "there are more than " + std::to_string(most_parameters) + " parameters";
        return;
    }
    for (auto& [name, value] : *decoded) {
        if (has_control_character(name) || (name != "scope" && has_control_character(value)))
            reading.malformed = encoded.starts_with('{')
                                    ? "the body looks like JSON, and its Content-Type says that it is a form"
                                    : "a control character is in " + shown_parameter(name);
        if (text::count(reading.fields, name) != 0 && !reading.repeats(name))
            reading.repeated.push_back(name);
        reading.fields.emplace_back(std::move(name), std::move(value));
    }
}

} // namespace

std::string_view parameter_reading::value(std::string_view name) const noexcept
{
    const auto* found = find(name);
    return found ? std::string_view(*found) : std::string_view();
}

bool parameter_reading::repeats(std::string_view name) const noexcept
{
    return std::find(repeated.begin(), repeated.end(), name) != repeated.end();
}

parameter_reading read_parameters_of(std::string_view query, std::string_view form)
{
    parameter_reading reading;
    add_parameters(query, reading);
    add_parameters(form, reading);
    std::erase_if(reading.fields, [](const auto& field) { return field.second.empty(); });
    return reading;
}

std::optional<std::string> encoding_problem(const parameter_reading& sent)
{
    for (const auto& [name, value] : sent.fields)
        if (!text::is_utf8(name) || (name != "scope" && !text::is_utf8(value)))
            return shown_parameter(name) + " is not UTF-8";
    return std::nullopt;
}

std::optional<std::string> form_problem(const server::request& r)
{
    if (r.body.empty())
        return std::nullopt;
    if (r.headers.count("Content-Encoding") != 0)
        return "the body has the Content-Encoding " + printable(r.headers.get("Content-Encoding")) +
               ": a form must have none";
    if (r.headers.count("Content-Type") > 1)
        return "there is more than one Content-Type";
    const auto type = r.headers.get("Content-Type");
    if (!oauth1::is_form(type))
        return "the Content-Type is " + printable(type) + ": it must be application/x-www-form-urlencoded";
    return std::nullopt;
}

std::string_view form_body(const server::request& r)
{
    return form_problem(r) ? std::string_view() : std::string_view(r.body);
}

std::vector<std::string> split_words(std::string_view words, std::string_view separators)
{
    std::vector<std::string> out;
    std::set<std::string_view> seen;
    while (!words.empty()) {
        const auto end = std::min(words.find_first_of(separators), words.size());
        if (end != 0 && seen.insert(words.substr(0, end)).second)
            out.emplace_back(words.substr(0, end));
        words.remove_prefix(std::min(end + 1, words.size()));
    }
    return out;
}

std::string join_words(const std::vector<std::string>& words, std::string_view separator)
{
    std::string out;
    for (const auto& word : words) {
        if (!out.empty())
            out += separator;
        out += word;
    }
    return out;
}

bool has_word(const std::vector<std::string>& words, std::string_view word)
{
    return std::find(words.begin(), words.end(), word) != words.end();
}

std::string printable(std::string_view text)
{
    constexpr std::size_t longest = 200;
    std::string out = "\"";
    for (const char c : text.substr(0, longest))
        out += c >= ' ' && c < 0x7f && c != '"' ? c : '?';
    return out + (text.size() > longest ? "...\"" : "\"");
}

} // namespace coauth::sandbox
