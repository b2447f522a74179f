#include "sandbox/tools/masking.hpp"

#include <coauth/text/ascii.hpp>
#include <coauth/text/percent_encoding.hpp>

#include <algorithm>
#include <array>

namespace coauth::sandbox {

namespace {

constexpr std::string_view gone = "***";

constexpr std::array<std::string_view, 2> token_names = {"oauth_token", "denied"};
constexpr std::array<std::string_view, 7> secret_parts = {
    "token", "secret", "assertion", "password", "verifier", "code", "signature"};
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

// Masks `name=value` pairs that `between` separates, with `equals` between name and value.
std::string masked_pairs(std::string_view text, std::string_view between, std::string_view equals)
{
    std::string out;
    while (true) {
        const auto end = std::min(text.find(between), text.size());
        const auto pair = text.substr(0, end);
        const auto mark = pair.find(equals);
        const auto name = decoded(decoded(pair.substr(0, mark)));
        if (mark != std::string_view::npos && (among(token_names, name) || is_secret_name(name)))
            out.append(pair.substr(0, mark))
                .append(equals)
                .append(masked_value(name, pair.substr(mark + equals.size())));
        else
            out.append(pair);
        if (end == text.size())
            return out;
        out.append(between);
        text.remove_prefix(end + between.size());
    }
}

} // namespace

bool is_plain_name(std::string_view name) noexcept
{
    constexpr std::size_t longest = 64;
    return name.size() <= longest && std::all_of(name.begin(), name.end(), [](char c) {
        return text::is_letter_or_digit(c) || c == '_' || c == '.' || c == '-' || c == '[' || c == ']';
    });
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
    if (is_secret_name(name))
        return std::string(gone);
    return std::string(value);
}

oauth1::parameters masked(const oauth1::parameters& list)
{
    oauth1::parameters out;
    for (const auto& [name, value] : list)
        if (is_plain_name(name))
            out.emplace_back(name, masked_value(name, value));
        else
            out.emplace_back("(an odd name)", std::string(gone));
    return out;
}

std::string masked_target(std::string_view target)
{
    const auto mark = target.find('?');
    if (mark == std::string_view::npos)
        return std::string(target);
    return std::string(target.substr(0, mark + 1)) + masked_pairs(target.substr(mark + 1), "&", "=");
}

std::string masked_base_string(std::string_view base_string)
{
    const auto first = base_string.find('&');
    const auto second = first == std::string_view::npos ? first : base_string.find('&', first + 1);
    if (second == std::string_view::npos)
        return {};
    return std::string(base_string.substr(0, second + 1)) + masked_pairs(base_string.substr(second + 1), "%26", "%3D");
}

} // namespace coauth::sandbox
