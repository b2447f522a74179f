#include "api/provider_words.hpp"

#include "api/clean_text.hpp"
#include "text/json_body.hpp"

#include <coauth/text/percent_encoding.hpp>
#include <coauth/text/utf8.hpp>

#include <algorithm>

namespace coauth::api {

namespace {

constexpr std::size_t longest_words = 200;

void replace_all(std::string& text, std::string_view hidden_text)
{
    constexpr std::size_t shortest = 4;
    constexpr std::string_view hole = "[hidden]";
    if (hidden_text.size() < shortest)
        return;
    for (std::size_t at = text.find(hidden_text); at != std::string::npos;
         at = text.find(hidden_text, at + hole.size()))
        text.replace(at, hidden_text.size(), hole);
}

} // namespace

std::string shown(std::string_view text)
{
    constexpr std::string_view ellipsis = "...";
    std::string out(text.size() > longest_words ? text::utf8_prefix(text, longest_words - ellipsis.size()) : text);
    if (!text::is_utf8(out))
        for (char& c : out)
            if (static_cast<unsigned char>(c) >= 0x80)
                c = '?';
    if (text.size() > longest_words)
        out += ellipsis;
    return out;
}

std::string without_texts(std::string words, std::span<const secret> hidden)
{
    for (const secret& s : hidden) {
        std::string encoded = text::percent_encode(s.reveal());
        replace_all(words, encoded);
        replace_all(words, s.reveal());
        wipe(encoded);
    }
    return words;
}

bool repeats(std::string_view text, std::span<const secret> hidden)
{
    return std::any_of(hidden.begin(), hidden.end(), [text](const secret& s) {
        if (s.empty())
            return false;
        std::string encoded = text::percent_encode(s.reveal());
        const bool found = text.find(s.reveal()) != text.npos || text.find(encoded) != text.npos;
        wipe(encoded);
        return found;
    });
}

std::string words_of(std::string_view body, std::span<const secret> hidden)
{
    if (text::looks_like_markup(body) || repeats(body, hidden))
        return {};
    return clean_line(body.substr(0, longest_words));
}

} // namespace coauth::api
