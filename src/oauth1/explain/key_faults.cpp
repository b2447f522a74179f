#include "oauth1/explain/faults.hpp"
#include "text/base64.hpp"
#include "text/hex.hpp"

#include <coauth/text/percent_encoding.hpp>

#include <algorithm>

namespace coauth::oauth1 {

namespace {

using parts = key_parts;

std::string with_newline(std::string_view text)
{
    return std::string(text) + '\n';
}

std::string in_quotes(std::string_view text)
{
    return '"' + std::string(text) + '"';
}

std::string with_letter(std::string text, char old_letter, char new_letter)
{
    std::replace(text.begin(), text.end(), old_letter, new_letter);
    return text;
}

constexpr std::string_view quoted =
    "the key differs: there are quotes around a secret; they are of the file that it was read from";
constexpr std::string_view no_value = "the key differs: its token's secret is the word undefined, null or None, which "
                                      "stands for a variable without a value";
constexpr std::string_view newline_of_consumer =
    "the key differs: the consumer's secret ends in a newline; it was read from a file with it";
constexpr std::string_view newline_of_token =
    "the key differs: the token's secret ends in a newline; it was read from a file with it";
constexpr std::string_view url_safe = "the signature is in URL-safe base64; use the alphabet with + and /";
constexpr std::string_view in_hex = "the signature is in hex; use base64";

constexpr key_fault keys[] = {
    {"the key differs: the token's secret was left out; use it too, after the &",
        [](const parts& p) { return key_of(p.consumer_secret, ""); }},
    {"the key differs: it is the token's secret alone; it is consumer secret & token secret",
        [](const parts& p) { return std::string(p.token_secret); }},
    {"the key differs: it is & and the token's secret; the consumer's secret comes before the &",
        [](const parts& p) { return key_of("", p.token_secret); }},
    {"the key differs: the two secrets were swapped; the consumer's comes first",
        [](const parts& p) { return key_of(p.token_secret, p.consumer_secret); }},
    {"the key differs: it is the consumer's secret without the & behind it; keep the & without a token, too",
        [](const parts& p) { return text::percent_encode(p.consumer_secret); }},
    {"the key differs: there is no & between the two secrets; put one there",
        [](const parts& p) { return text::percent_encode(p.consumer_secret) + text::percent_encode(p.token_secret); }},
    {"the key differs: the secrets were not percent-encoded; encode each before they are joined",
        [](const parts& p) { return std::string(p.consumer_secret) + '&' + std::string(p.token_secret); }},
    {"the key differs: the whole key was percent-encoded; encode each secret, and leave the & between them",
        [](const parts& p) { return text::percent_encode(key_of(p.consumer_secret, p.token_secret)); }},
    {"the key differs: the consumer's key is used in place of its secret",
        [](const parts& p) { return key_of(p.consumer_key, p.token_secret); }},
    {"the key differs: the token is used in place of its secret",
        [](const parts& p) { return key_of(p.consumer_secret, p.token); }},
    {newline_of_consumer, [](const parts& p) { return key_of(with_newline(p.consumer_secret), p.token_secret); }},
    {newline_of_token, [](const parts& p) { return key_of(p.consumer_secret, with_newline(p.token_secret)); }},
    {"the key differs: both secrets end in a newline; they were read from files with it",
        [](const parts& p) { return key_of(with_newline(p.consumer_secret), with_newline(p.token_secret)); }},
    {no_value, [](const parts& p) { return key_of(p.consumer_secret, "undefined"); }},
    {no_value, [](const parts& p) { return key_of(p.consumer_secret, "null"); }},
    {no_value, [](const parts& p) { return key_of(p.consumer_secret, "None"); }},
    {quoted, [](const parts& p) { return key_of(in_quotes(p.consumer_secret), p.token_secret); }},
    {quoted,
        [](const parts& p) {
            return key_of(in_quotes(p.consumer_secret), p.token_secret.empty() ? "" : in_quotes(p.token_secret));
        }},
};

constexpr form_fault forms[] = {
    {"the signature was percent-encoded twice; encode it once, where it is put into the header",
        [](const std::string& s, const std::string&) { return text::percent_encode(s); }},
    {"a + in the signature arrived as a space; percent-encode the signature where it is sent",
        [](const std::string& s, const std::string&) { return with_letter(s, '+', ' '); }},
    {url_safe,
        [](const std::string& s, const std::string&) { return with_letter(with_letter(s, '+', '-'), '/', '_'); }},
    {"the signature lacks the = at its end; keep base64's padding",
        [](const std::string& s, const std::string&) { return std::string(text::without_padding(s)); }},
    {url_safe, [](const std::string&, const std::string& o) { return text::base64url_encode(o); }},
    {in_hex, [](const std::string&, const std::string& o) { return text::hex_encode(o); }},
    {in_hex, [](const std::string&, const std::string& o) { return text::hex_encode(o, text::upper_hex_digits); }},
    {"the signature is base64 of the digest in hex; encode the digest's octets",
        [](const std::string&, const std::string& o) { return text::base64_encode(text::hex_encode(o)); }},
    {"the signature was encoded as base64 twice; encode the digest's octets once",
        [](const std::string& s, const std::string&) { return text::base64_encode(s); }},
};

} // namespace

std::string key_of(std::string_view consumer_secret, std::string_view token_secret)
{
    return text::percent_encode(consumer_secret) + '&' + text::percent_encode(token_secret);
}

std::span<const key_fault> key_faults() noexcept
{
    return keys;
}

std::span<const form_fault> form_faults() noexcept
{
    return forms;
}

} // namespace coauth::oauth1
