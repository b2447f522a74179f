#include "sandbox/tools/masking.hpp"

#include <coauth/text/ascii.hpp>
#include <coauth/text/percent_encoding.hpp>
#include <coauth/text/utf8.hpp>

#include <algorithm>
#include <array>

namespace coauth::sandbox {

namespace {

constexpr std::string_view gone = "***";

constexpr std::array<std::string_view, 2> token_names = {"oauth_token", "denied"};
constexpr std::array<std::string_view, 7> secret_parts = {
    "token", "secret", "assertion", "password", "verifier", "code", "signature"};
constexpr std::array<std::string_view, 9> token_beginnings = {
    "gho_", "ghp_", "ghr_", "ghs_", "ghu_", "github_pat_", "EAA", "ya29.", "1//"};
// They have such a part, and hold no secret.
constexpr std::array<std::string_view, 12> plain_names = {"pagination_token", "next_token", "previous_token",
    "code_challenge", "code_challenge_method", "token_type", "token_type_hint", "requested_token_type",
    "subject_token_type", "actor_token_type", "client_assertion_type", "oauth_signature_method"};

template <class List>
bool among(const List& list, std::string_view name)
{
    return std::find(list.begin(), list.end(), name) != list.end();
}

std::string decoded(std::string_view text)
{
    auto plain = text::form_decode(text);
    return plain ? std::move(*plain) : std::string(text);
}

bool is_secret_name(std::string_view name)
{
    const auto lower = text::lowered(name);
    return lower == "appsecret_proof" ||
           (!among(plain_names, lower) && std::any_of(secret_parts.begin(), secret_parts.end(),
                                              [&](auto part) { return lower.find(part) != lower.npos; }));
}

// By what the tokens of GitHub, Facebook and Google begin with, and JWTs.
bool looks_like_token(std::string_view text)
{
    return (text.starts_with("eyJ") && text.find('.') != text.npos) ||
           std::any_of(token_beginnings.begin(), token_beginnings.end(),
               [&](std::string_view beginning) { return text.starts_with(beginning); });
}

// `name=value` with the value masked, or a value alone.
std::string masked_pair(std::string_view pair, std::string_view equals)
{
    const auto mark = pair.find(equals);
    if (mark == pair.npos) {
        const auto plain = decoded(pair);
        const auto encoded_mark = plain.find('=');
        const bool hides_pair = encoded_mark != plain.npos && is_secret_name(plain.substr(0, encoded_mark));
        return hides_pair || looks_like_token(plain) ? std::string(gone) : std::string(pair);
    }
    const auto name = decoded(decoded(pair.substr(0, mark)));
    const auto value = pair.substr(mark + equals.size());
    return std::string(pair.substr(0, mark)).append(equals).append(masked_value(name, value));
}

// Masks the pairs of a base string.
std::string masked_pairs(std::string_view text, std::string_view between, std::string_view equals)
{
    std::string out;
    while (true) {
        const auto end = std::min(text.find(between), text.size());
        out.append(masked_pair(text.substr(0, end), equals));
        if (end == text.size())
            return out;
        out.append(between);
        text.remove_prefix(end + between.size());
    }
}

// Splits at each of the `separators`, which stay, and puts what `mask` makes of each part between them.
template <class Mask>
std::string masked_parts(std::string_view text, std::string_view separators, Mask mask)
{
    std::string out;
    while (true) {
        const auto end = std::min(text.find_first_of(separators), text.size());
        out.append(cut_short(mask(text.substr(0, end))));
        if (end == text.size())
            return out;
        out += text[end];
        text.remove_prefix(end + 1);
    }
}

// From its `?` on.
std::string masked_query(std::string_view query)
{
    return masked_parts(query, "?#&;", [](std::string_view pair) { return masked_pair(pair, "="); });
}

std::string masked_path(std::string_view path)
{
    constexpr std::size_t longest_word = 32;
    bool token_follows = false;
    return masked_parts(path, "/;", [&](std::string_view segment) {
        const auto plain = text::lowered(decoded(segment));
        const bool is_token = token_follows || (plain.size() > longest_word && is_plain_name(plain.substr(0, 64)));
        token_follows = plain == "token" || plain == "tokens" || (token_follows && plain.empty());
        return is_token && !plain.empty() ? std::string(gone) : masked_pair(segment, "=");
    });
}

// The URL of a base string, which is percent-encoded as a whole.
std::string masked_encoded_url(std::string_view encoded)
{
    const auto url = text::percent_decode(encoded);
    const auto host = url ? url->find("//") : std::string::npos;
    const auto path = host == std::string::npos ? host : url->find('/', host + 2);
    if (path == std::string::npos)
        return std::string(encoded);
    return text::percent_encode(url->substr(0, path) + masked_path(std::string_view(*url).substr(path)));
}

} // namespace

bool is_plain_name(std::string_view name) noexcept
{
    constexpr std::size_t longest = 64;
    return name.size() <= longest && std::all_of(name.begin(), name.end(), [](char c) {
        return text::is_letter_or_digit(c) || c == '_' || c == '.' || c == '-' || c == '[' || c == ']';
    });
}

std::string cut_short(std::string_view text)
{
    constexpr std::size_t longest = 4096; // a hundred ids of a lookup are whole
    return text.size() <= longest ? std::string(text) : std::string(text::utf8_prefix(text, longest)) + "...";
}

std::string shortened(std::string_view token)
{
    // Of a short one nothing can be shown.
    constexpr std::size_t shown = 4;
    return token.size() < 3 * shown ? (token.empty() ? std::string() : std::string("..."))
                                    : std::string(token.substr(0, shown)) + "...";
}

std::string masked_value(std::string_view name, std::string_view value)
{
    if (among(token_names, name))
        return shortened(value);
    const auto plain = decoded(decoded(value));
    if (is_secret_name(name) || looks_like_token(plain) || masked_url(plain) != plain)
        return std::string(gone);
    return std::string(value);
}

oauth1::parameters masked(const oauth1::parameters& list)
{
    oauth1::parameters out;
    for (const auto& [name, value] : list)
        if (is_plain_name(name))
            out.emplace_back(name, cut_short(masked_value(name, value)));
        else
            out.emplace_back("(an odd name)", std::string(gone));
    return out;
}

std::string masked_url(std::string_view url)
{
    const auto query = std::min(url.find_first_of("?#"), url.size());
    return std::string(url.substr(0, query)) + masked_query(url.substr(query));
}

std::string masked_target(std::string_view target)
{
    const auto path_end = std::min(target.find_first_of("?#"), target.size());
    return masked_path(target.substr(0, path_end)) + masked_query(target.substr(path_end));
}

std::string masked_base_string(std::string_view base_string)
{
    const auto first = base_string.find('&');
    const auto second = first == std::string_view::npos ? first : base_string.find('&', first + 1);
    if (second == std::string_view::npos)
        return {};
    return std::string(base_string.substr(0, first + 1)) +
           masked_encoded_url(base_string.substr(first + 1, second - first - 1)) + '&' +
           masked_pairs(base_string.substr(second + 1), "%26", "%3D");
}

} // namespace coauth::sandbox
