#include "command_line/help.hpp"

#include <coauth/text/ascii.hpp>

#include <CLI/CLI.hpp>

#include <algorithm>
#include <optional>
#include <set>
#include <sstream>
#include <utility>

namespace coauth::command_line {

namespace {

constexpr std::size_t column = 30; // where the descriptions begin

// The words of `text` in lines of `help_width`, those after the first indented.
std::string wrapped(std::string_view text, std::size_t begin, std::size_t indent)
{
    std::string out;
    std::size_t length = begin;
    bool first = true;
    std::istringstream words{std::string(text)};
    for (std::string word; words >> word; first = false) {
        if (!first && length + 1 + word.size() > help_width) {
            out += '\n' + std::string(indent, ' ');
            length = indent;
        } else if (!first) {
            out += ' ';
            ++length;
        }
        out += word;
        length += word.size();
    }
    return out + '\n';
}

std::string replaced(std::string text, std::string_view part, std::string_view by)
{
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + by.size()))
        text.replace(at, part.size(), by);
    return text;
}

// ---- One flag -----------------------------------------------------------------------------------

struct value_words {
    std::string name;  // "N"
    std::string limit; // "from 1 to 10", "strict or x", or empty
};

// CLI11 gives the value's name and its checks as one text: "N:INT in [1 - 10]", "TEXT:{strict,x}".
value_words read_type(const std::string& type)
{
    value_words out;
    if (const auto list = type.rfind('{'); list != std::string::npos && type.ends_with('}')) {
        out.name = type.substr(0, list == 0 ? 0 : list - 1);
        out.limit = type.substr(list + 1, type.size() - list - 2);
        out.limit = replaced(out.limit, ",", ", ");
        if (const auto last = out.limit.rfind(", "); last != std::string::npos)
            out.limit.replace(last, 2, " or ");
        return out;
    }
    const auto range = type.rfind(" in [");
    if (range == std::string::npos || !type.ends_with(']')) {
        out.name = type;
        return out;
    }
    const auto colon = type.rfind(':', range);
    out.name = type.substr(0, colon == std::string::npos ? 0 : colon);
    out.limit = "from " + replaced(type.substr(range + 5, type.size() - range - 6), " - ", " to ");
    return out;
}

// CLI11's names of C++ types, and what they are to a reader.
std::string plain_name(const std::string& name)
{
    if (name == "TEXT" || name.empty())
        return "TEXT";
    if (name == "INT" || name == "UINT" || name == "FLOAT")
        return "N";
    return name;
}

void add_word(std::string& list, std::string_view word)
{
    if (word.empty())
        return;
    list += list.empty() ? "" : ", ";
    list += word;
}

std::string names_of(const std::set<CLI::Option*>& options)
{
    std::string names;
    for (const CLI::Option* option : options)
        add_word(names, option->get_name());
    return names;
}

std::string option_help(const CLI::Option& option)
{
    const bool positional = option.get_positional();
    const bool has_value = option.get_type_size() != 0 && option.get_expected_max() > 0;
    const auto type = read_type(option.get_type_name());

    std::string left = "  " + replaced(option.get_name(positional, !positional), ",", ", ");
    if (!positional && has_value)
        left += type.name.starts_with("[=") ? type.name : ' ' + plain_name(type.name);
    std::string facts = type.limit;
    if (option.get_required())
        add_word(facts, "required");
    if (has_value && !option.get_default_str().empty())
        add_word(facts, "default " + option.get_default_str());
    if (option.get_expected_max() == CLI::detail::expected_max_vector_size)
        add_word(facts, "may be given several times");
    if (!option.get_envname().empty())
        add_word(facts, "or the environment variable " + option.get_envname());
    if (!option.get_needs().empty())
        add_word(facts, "with " + names_of(option.get_needs()));
    if (!option.get_excludes().empty())
        add_word(facts, "not with " + names_of(option.get_excludes()));

    auto text = option.get_description();
    if (!facts.empty())
        text += " (" + facts + ")";
    if (left.size() + 2 > column)
        left += '\n' + std::string(column, ' ');
    else
        left.resize(column, ' ');
    return left + wrapped(text, column, column);
}

// ---- The whole ----------------------------------------------------------------------------------

std::string indented(const std::string& lines)
{
    std::string out;
    std::istringstream in(lines);
    for (std::string line; std::getline(in, line);)
        out += "  " + wrapped(line, 2, 6);
    return out;
}

// Paragraphs are parted by an empty line.
std::string paragraphs(std::string_view text)
{
    std::string out;
    while (!text.empty()) {
        const auto end = std::min(text.find("\n\n"), text.size());
        out += (out.empty() ? "" : "\n") + wrapped(text.substr(0, end), 0, 0);
        text.remove_prefix(std::min(end + 2, text.size()));
    }
    return out;
}

std::string help_of(const CLI::App& app, const std::string& example, const std::string& exit_codes)
{
    std::string arguments, positionals;
    for (const CLI::Option* option : app.get_options([](const CLI::Option* o) { return o->get_positional(); })) {
        const auto name = option->get_name(true, false);
        arguments += option->get_required() ? ' ' + name : " [" + name + ']';
        positionals += option_help(*option);
    }
    auto help = paragraphs(app.get_description()) + "\nUsage: " + app.get_name() + arguments + " [FLAGS]\n";
    if (!positionals.empty())
        help += "\nArguments:\n" + positionals;
    for (const std::string& group : app.get_groups()) {
        std::string flags;
        for (const CLI::Option* option : app.get_options(
                 [&](const CLI::Option* o) { return !group.empty() && o->nonpositional() && o->get_group() == group; }))
            flags += option_help(*option);
        if (!flags.empty())
            help += '\n' + (group == "Options" ? "Flags" : group) + ":\n" + flags;
    }
    if (!example.empty())
        help += "\nExample:\n" + indented(example);
    if (!exit_codes.empty())
        help += "\nExit codes:\n" + indented(exit_codes);
    return help;
}

// ---- Misspelt flags -----------------------------------------------------------------------------

// Pages and mails make a hyphen-minus a longer dash: U+2010 to U+2015 and U+2212.
std::string with_plain_dashes(std::string_view text)
{
    std::string out;
    while (!text.empty()) {
        const bool dash = (text.starts_with("\xe2\x80") && text.size() > 2 && text[2] >= '\x90' && text[2] <= '\x95') ||
                          text.starts_with("\xe2\x88\x92");
        out += dash ? std::string("--") : std::string(1, text.front());
        text.remove_prefix(dash ? 3 : 1);
    }
    return out;
}

std::string bare_name(std::string_view flag)
{
    std::string out;
    for (const char c : with_plain_dashes(flag.substr(0, flag.find('=')))) {
        const char small = c == '_' ? '-' : text::lower(c);
        if (small != '-' || !out.empty())
            out += small;
    }
    return out;
}

// How many letters must be put in, left out, changed or swapped with their neighbour to make `a` of `b`.
std::size_t distance(std::string_view a, std::string_view b)
{
    std::vector<std::size_t> before_last, last, row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j)
        row[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        before_last = std::exchange(last, row);
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = std::min(row[j], before_last[j - 2] + 1);
        }
    }
    return row.back();
}

bool looks_like_a_flag(std::string_view argument)
{
    const auto plain = with_plain_dashes(argument);
    return plain.size() > 1 && plain.front() == '-' && plain != "--";
}

std::string printable(std::string_view text)
{
    std::string out(text);
    std::replace_if(
        out.begin(), out.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, '?');
    return out;
}

std::string unknown_flag(const CLI::App& app, const std::string& flag)
{
    std::vector<std::string> known;
    for (const CLI::Option* option : app.get_options())
        for (const std::string& name : option->get_lnames())
            known.push_back("--" + name);
    const auto nearest = nearest_flag(flag, known);
    return "unknown flag " + printable(flag.substr(0, flag.find('='))) +
           (nearest.empty() ? std::string() : "; did you mean " + nearest + '?');
}

// What the parser did not understand, or nothing.
std::optional<std::string> unknown_argument(const CLI::App& app)
{
    const auto left_over = app.remaining();
    const auto flag = std::find_if(left_over.begin(), left_over.end(), looks_like_a_flag);
    if (flag != left_over.end())
        return unknown_flag(app, *flag);
    if (left_over.empty())
        return std::nullopt;
    return "unexpected argument " + printable(left_over.front());
}

} // namespace

std::string nearest_flag(std::string_view typed, const std::vector<std::string>& known)
{
    const auto name = bare_name(typed);
    // One letter may be any flag's.
    if (name.size() < 2)
        return {};
    std::string nearest;
    auto least = 1 + std::min<std::size_t>(name.size() / 4, 3);
    for (const std::string& flag : known) {
        const auto other = bare_name(flag);
        // A beginning of it counts as one letter missing.
        const auto letters = other.starts_with(name) ? 1 : distance(name, other);
        if (letters < least || (letters == least && nearest.empty())) {
            least = letters;
            nearest = flag;
        }
    }
    return nearest;
}

std::string mistaken_flag(const CLI::App& app)
{
    for (const CLI::Option* option : app.get_options([](const CLI::Option* o) { return o->get_positional(); }))
        for (const std::string& value : option->results())
            if (looks_like_a_flag(value) && !text::is_digit(value[1]))
                return unknown_flag(app, value);
    return {};
}

void set_up_help(CLI::App& app, std::string example, std::string exit_codes)
{
    app.formatter_fn([example = std::move(example), exit_codes = std::move(exit_codes)](const CLI::App* shown,
                         const std::string&, CLI::AppFormatMode) { return help_of(*shown, example, exit_codes); });
    app.failure_message([](const CLI::App* failed, const CLI::Error& e) {
        auto unknown = unknown_argument(*failed);
        if (const std::string flag = mistaken_flag(*failed); !unknown && !flag.empty())
            unknown = flag;
        return failed->get_name() + ": " + (unknown ? *unknown : printable(e.what())) + "\nRun " + failed->get_name() +
               " --help for its flags.\n";
    });
}

} // namespace coauth::command_line
