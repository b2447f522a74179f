#include "crypto/random.hpp"
#include "text/base64.hpp"

#include <coauth/session/login.hpp>
#include <coauth/text/ascii.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

namespace coauth {

namespace {

constexpr std::size_t binding_octets = 32;
constexpr std::size_t binding_characters = 43;

bool is_base64url(char c)
{
    return text::is_letter_or_digit(c) || c == '-' || c == '_';
}

// 43 characters hold two bits more than 32 octets do; in what `random` gave these are zero.
bool is_binding(std::string_view text)
{
    constexpr std::string_view last = "AEIMQUYcgkosw048";
    return text.size() == binding_characters && std::all_of(text.begin(), text.end(), is_base64url) &&
           last.find(text.back()) != std::string_view::npos;
}

} // namespace

browser_binding::browser_binding(std::string_view cookie) : text_(is_binding(cookie) ? cookie : std::string_view())
{}

browser_binding browser_binding::random()
{
    std::array<unsigned char, binding_octets> octets{};
    crypto::fill_random(octets.data(), octets.size());
    std::string text;
    text.reserve(binding_characters);
    text::base64url_encode(octets, text);
    browser_binding made{std::string_view(text)};
    crypto::wipe(octets.data(), octets.size());
    wipe(text);
    return made;
}

login::login(std::string url, browser_binding binding, std::shared_ptr<ticket> awaited)
    : url(std::move(url)), binding(std::move(binding)), awaited_(std::move(awaited))
{}

} // namespace coauth
