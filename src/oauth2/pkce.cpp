#include "crypto/digest.hpp"
#include "crypto/random.hpp"
#include "text/base64.hpp"

#include <coauth/oauth2/pkce.hpp>
#include <coauth/oauth2/state.hpp>
#include <coauth/text/ascii.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace coauth::oauth2 {

namespace {

std::string random_text()
{
    std::array<unsigned char, 32> octets{};
    crypto::fill_random(octets.data(), octets.size());
    std::string out;
    text::base64url_encode(octets, out);
    crypto::wipe(octets.data(), octets.size());
    return out;
}

bool is_base64url_letter(char c) noexcept
{
    return text::is_letter_or_digit(c) || c == '-' || c == '_';
}

} // namespace

bool is_code_verifier(std::string_view text) noexcept
{
    return text.size() >= 43 && text.size() <= 128 &&
           std::all_of(text.begin(), text.end(), [](char c) { return is_base64url_letter(c) || c == '.' || c == '~'; });
}

secret random_code_verifier()
{
    return secret(random_text());
}

std::string code_challenge(std::string_view verifier)
{
    const auto digest = crypto::sha256(verifier);
    std::string out;
    text::base64url_encode(digest, out);
    return out;
}

bool is_code_challenge(std::string_view text) noexcept
{
    // The last of the 43 characters has four bits of the digest and two that are zero.
    constexpr std::string_view last_letters = "AEIMQUYcgkosw048";
    return text.size() == 43 && std::all_of(text.begin(), text.end(), is_base64url_letter) &&
           last_letters.find(text.back()) != std::string_view::npos;
}

bool matches_code_challenge(std::string_view verifier, std::string_view challenge)
{
    return is_code_verifier(verifier) && equal_in_constant_time(code_challenge(verifier), challenge);
}

std::string random_state()
{
    return random_text();
}

std::string random_nonce()
{
    return random_text();
}

} // namespace coauth::oauth2
