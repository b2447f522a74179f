#include "greeter_bot/message.hpp"

#include <coauth/text/ascii.hpp>
#include <coauth/text/utf8.hpp>

#include <algorithm>
#include <charconv>

namespace greeter_bot {

namespace {

constexpr std::string_view placeholder = "{username}";
constexpr std::size_t longest_username = 15;

// The number in `text (N)`, 1 for `text` itself, 0 for anything else.
int number_of(std::string_view said, std::string_view text)
{
    if (!said.starts_with(text))
        return 0;
    said.remove_prefix(text.size());
    if (said.empty())
        return 1;
    if (!said.starts_with(" (") || !said.ends_with(')'))
        return 0;
    said.remove_prefix(2);
    said.remove_suffix(1);
    int number = 0;
    const auto [end, problem] = std::from_chars(said.data(), said.data() + said.size(), number);
    constexpr int most = 1'000'000'000;
    return problem == std::errc() && end == said.data() + said.size() && number < most ? number : 0;
}

} // namespace

std::string message_for(std::string_view message_template, std::string_view username)
{
    std::string text;
    for (;;) {
        const auto at = message_template.find(placeholder);
        text += message_template.substr(0, at);
        if (at == message_template.npos)
            return text;
        text += username;
        message_template.remove_prefix(at + placeholder.size());
    }
}

std::string template_fault(std::string_view message_template)
{
    if (coauth::text::trimmed(message_template).empty())
        return "the message is empty";
    if (!coauth::text::is_utf8(message_template))
        return "the message is not UTF-8";
    for (auto at = message_template.find('{'); at != message_template.npos; at = message_template.find('{', at + 1))
        if (!message_template.substr(at).starts_with(placeholder))
            return "only {username} may be in braces";
    if (post_length(message_for(message_template, std::string(longest_username, 'x'))) > longest_post)
        return "the message is too long: with a user name of 15 characters it must not be over 280";
    return {};
}

std::string distinct(std::string text, const std::vector<settled_mention>& said)
{
    int last = 0;
    for (const settled_mention& s : said)
        last = std::max(last, number_of(s.text, text));
    if (last == 0)
        return text;
    std::string numbered = text + " (" + std::to_string(last + 1) + ')';
    return post_length(numbered) <= longest_post ? numbered : text;
}

std::optional<coauth::error> length_fault(std::string_view text)
{
    const std::size_t length = post_length(text);
    if (length <= longest_post)
        return std::nullopt;
    return coauth::error(
        coauth::errc::invalid_argument, "with this user name the greeting is too long: " + std::to_string(length) +
                                            " of at most " + std::to_string(longest_post) + " characters")
        .with_hint("give a shorter --message");
}

std::size_t post_length(std::string_view text)
{
    std::size_t length = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = [&](std::size_t at) { return at < text.size() ? static_cast<unsigned char>(text[at]) : 0u; };
        const unsigned first = byte(i);
        if ((first & 0xc0) == 0x80)
            continue;
        // Up to U+10FF a character counts 1, and so does most of the punctuation from U+2000 on.
        unsigned point = first;
        if (first >= 0xf0)
            point = 0x10000;
        else if (first >= 0xe0)
            point = (first & 0x0f) << 12 | (byte(i + 1) & 0x3f) << 6 | (byte(i + 2) & 0x3f);
        const bool punctuation = (point >= 0x2000 && point <= 0x200d) || (point >= 0x2010 && point <= 0x201f) ||
                                 (point >= 0x2032 && point <= 0x2037);
        length += point <= 0x10ff || punctuation ? 1 : 2;
    }
    return length;
}

} // namespace greeter_bot
