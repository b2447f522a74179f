#include "oauth1/explain/faults.hpp"

#include <coauth/text/form.hpp>
#include <coauth/text/percent_encoding.hpp>
#include <coauth/text/utf8.hpp>

#include <algorithm>
#include <utility>

namespace coauth::oauth1 {

namespace {

// ---- Decoding ---------------------------------------------------------------------------------

// Reads query and form the way a client might that signs its own text: what `read` makes of each name and value.
void read_again(draft& d, const claims& c, std::string (*read)(std::string_view))
{
    const auto list_of = [read](std::string_view raw) {
        parameters list;
        std::string_view name;
        std::string_view value;
        while (text::take_field(raw, name, value))
            if (!name.starts_with("oauth_"))
                list.emplace_back(read(name), read(value));
        return list;
    };
    d.query = list_of(c.url.query);
    if (c.form_body)
        d.form = list_of(c.body);
}

// Encoded as it came, by a client that forgot that it had been encoded before.
void not_decoded(draft& d, const claims& c)
{
    read_again(d, c, [](std::string_view text) { return std::string(text); });
}

// Two octets of UTF-8 hold what one of Latin-1 does; other characters have no Latin-1.
std::string latin_1(std::string_view text)
{
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto lead = static_cast<unsigned char>(text[i]);
        if ((lead == 0xc2 || lead == 0xc3) && i + 1 < text.size())
            out += static_cast<char>(((lead & 3) << 6) | (static_cast<unsigned char>(text[++i]) & 0x3f));
        else
            out += text[i];
    }
    return out;
}

// Each octet of UTF-8 taken for a character of Latin-1, and written as UTF-8.
std::string utf_8_twice(std::string_view text)
{
    std::string out;
    for (const char c : text)
        text::append_character(static_cast<unsigned char>(c), out);
    return out;
}

void change_texts(draft& d, std::string (*change)(std::string_view))
{
    for (parameters* list : {&d.query, &d.form})
        for (auto& [name, value] : *list) {
            name = change(name);
            value = change(value);
        }
}

// ---- Encoding ---------------------------------------------------------------------------------

constexpr std::string_view sub_delimiters = "!*'()";

// Most clients have one encoder and use it for all.
void use_inner_for_all(draft& d)
{
    d.outer_uri = d.outer_parameters = d.inner;
}

// ---- The table --------------------------------------------------------------------------------

constexpr std::string_view reserved = "the encoding differs: reserved characters such as ! * ' ( ) were left alone; "
                                      "encode all but letters, digits and -._~";
constexpr std::string_view brackets = "the encoding differs: square brackets or commas were left alone; encode them in "
                                      "names and values, and once more in the base string";
constexpr std::string_view lower = "the encoding differs: %XX was written with lower-case hex digits; use upper case";
constexpr std::string_view too_often = "the encoding differs: the parameters were encoded once too often; in the base "
                                       "string they are encoded twice in all";

constexpr signing_fault faults[] = {
    {"the encoding differs: a + in query or form body was signed as a plus; there it is a space",
        [](draft& d, const claims& c) {
            // What was read as a form before has no bad % in it.
            read_again(d, c, [](std::string_view text) { return text::percent_decode(text).value(); });
        }},
    {"the encoding differs: a space was signed as +; in the base string it is %20",
        [](draft& d, const claims&) { d.inner.plus = true; }},
    {reserved,
        [](draft& d, const claims&) {
            d.inner.left_alone = sub_delimiters;
            use_inner_for_all(d);
        }},
    {reserved, [](draft& d, const claims&) { d.inner.left_alone = sub_delimiters; }},
    {"the encoding differs: ~ was encoded; it stays as it is",
        [](draft& d, const claims&) {
            d.inner.tilde = true;
            use_inner_for_all(d);
        }},
    {"the encoding differs: a form encoder was used, which leaves * alone, encodes ~ and writes spaces as +; encode "
     "all but letters, digits and -._~, a space as %20",
        [](draft& d, const claims&) {
            d.inner.left_alone = "*";
            d.inner.tilde = true;
            d.inner.plus = true;
            use_inner_for_all(d);
        }},
    {"the encoding differs: / was left alone; encode it too",
        [](draft& d, const claims&) { d.inner.left_alone = "/"; }},
    {"the encoding differs: / was left alone and a space was signed as +; encode all but letters, digits and -._~, a "
     "space as %20",
        [](draft& d, const claims&) {
            d.inner.left_alone = "/";
            d.inner.plus = true;
        }},
    {brackets, [](draft& d, const claims&) { d.inner.left_alone = "[]"; }},
    {brackets, [](draft& d, const claims&) { d.inner.left_alone = "[],"; }},
    {lower,
        [](draft& d, const claims&) {
            d.inner.lower_case = true;
            use_inner_for_all(d);
        }},
    {lower, [](draft& d, const claims&) { d.inner.lower_case = true; }},
    {"the encoding differs: the text of query or form body was signed as it was sent; decode it and encode it as RFC "
     "5849, section 3.6 says",
        [](draft& d, const claims& c) {
            not_decoded(d, c);
            d.as_they_are = std::exchange(d.query, parameters());
            d.as_they_are.insert(d.as_they_are.end(), d.form.begin(), d.form.end());
            d.form.clear();
        }},
    {"the encoding differs: characters outside ASCII were signed as Latin-1; sign their UTF-8",
        [](draft& d, const claims&) { change_texts(d, latin_1); }},
    {"the encoding differs: characters outside ASCII were encoded as UTF-8 twice; encode them once",
        [](draft& d, const claims&) { change_texts(d, utf_8_twice); }},
    {"the encoding differs: query or form body was encoded again without being decoded; decode it first", not_decoded},
    {"the callback differs: it was sent encoded twice, but signed encoded once; hand it over as it is",
        [](draft& d, const claims&) {
            for (auto& [name, value] : d.header)
                if (name == "oauth_callback")
                    if (auto decoded = text::percent_decode(value))
                        value = *std::move(decoded);
        }},
    {"the callback differs: it was not encoded; encode it as every value",
        [](draft& d, const claims&) {
            const std::string* value = find(d.header, "oauth_callback");
            if (!value)
                return;
            d.as_they_are.emplace_back("oauth_callback", *value);
            std::erase_if(d.header, [](const parameter& p) { return p.first == "oauth_callback"; });
        }},
    {"the callback differs: it was encoded twice before it was signed, but once when it was sent; hand it over as it "
     "is",
        [](draft& d, const claims&) {
            for (auto& [name, value] : d.header)
                if (name == "oauth_callback")
                    value = text::percent_encode(value);
        }},
    {too_often, [](draft& d, const claims&) { d.inner.rounds = 2; }},
    {too_often, [](draft& d, const claims&) { d.outer_parameters.rounds = 2; }},
    {"the encoding differs: names and values were not encoded before they were joined",
        [](draft& d, const claims&) { d.inner.rounds = 0; }},
    {"the encoding differs: the joined parameters were not encoded once more in the base string",
        [](draft& d, const claims&) { d.outer_parameters.rounds = 0; }},
    {"the base string differs: its parts were joined without being encoded",
        [](draft& d, const claims&) { d.outer_uri.rounds = d.outer_parameters.rounds = 0; }},
};

} // namespace

std::span<const signing_fault> encoding_faults() noexcept
{
    return faults;
}

} // namespace coauth::oauth1
