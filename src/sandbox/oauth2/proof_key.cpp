#include "sandbox/oauth2/proof_key.hpp"

#include "crypto/digest.hpp"
#include "sandbox/oauth2/parameters.hpp"
#include "text/base64.hpp"

#include <coauth/secret.hpp>
#include <coauth/text/ascii.hpp>

#include <algorithm>

namespace coauth::sandbox {

namespace {

constexpr std::size_t challenge_size = 43; // base64url of 32 octets
constexpr std::size_t shortest_verifier = 43;
constexpr std::size_t longest_verifier = 128;

bool is_verifier(std::string_view text)
{
    return text.size() >= shortest_verifier && text.size() <= longest_verifier &&
           std::all_of(text.begin(), text.end(),
               [](char c) { return text::is_letter_or_digit(c) || c == '-' || c == '.' || c == '_' || c == '~'; });
}

std::string s256(std::string_view verifier)
{
    const auto octets = crypto::sha256(verifier);
    std::string out;
    text::base64url_encode(octets, out);
    return out;
}

} // namespace

std::optional<refusal> challenge_refusal(std::string_view challenge, std::string_view method)
{
    if (challenge.empty())
        return missing_parameter("code_challenge", "PKCE is demanded: RFC 7636; RFC 9700, section 2.1.1");
    refusal r("invalid_request", "bad_challenge", "");
    r.parameter = "code_challenge_method";
    if (method.empty())
        r.explanation = "code_challenge_method is missing, which means plain: S256 is demanded";
    else if (method != "S256")
        r.explanation = "code_challenge_method is " + printable(method) + ": S256 is demanded";
    else if (challenge.size() != challenge_size || !std::all_of(challenge.begin(), challenge.end(), [](char c) {
                 return text::is_letter_or_digit(c) || c == '-' || c == '_';
             }))
        r.explanation = "code_challenge is " + printable(challenge) +
                        ": the base64url of a SHA-256 has 43 characters and no padding";
    else
        return std::nullopt;
    return r;
}

std::optional<refusal> proof_refusal(std::string_view challenge, const std::optional<std::string>& verifier)
{
    if (challenge.empty() && verifier)
        return refusal("invalid_grant", "unexpected_verifier",
            "a code_verifier was sent, and the authorization request had no code_challenge: a downgrade, if the client "
            "sent "
            "one (RFC 9700, section 4.8.2)");
    if (challenge.empty())
        return std::nullopt;
    if (!verifier) {
        auto r = missing_parameter("code_verifier", "RFC 7636, section 4.5");
        r.error = "invalid_grant";
        return r;
    }
    if (!is_verifier(*verifier)) {
        refusal r("invalid_grant", "bad_verifier",
            "the code_verifier has " + std::to_string(verifier->size()) +
                " octets or others than A-Z a-z 0-9 - . _ ~: it must have 43 to 128 of these");
        r.parameter = "code_verifier";
        return r;
    }
    const auto computed = s256(*verifier);
    if (equal_in_constant_time(computed, challenge))
        return std::nullopt;
    auto explanation = "the code_verifier's S256 is " + computed + ", the challenge was " + std::string(challenge);
    if (equal_in_constant_time(*verifier, challenge))
        explanation += ": the challenge itself was sent as the verifier";
    return refusal("invalid_grant", "wrong_verifier", std::move(explanation));
}

} // namespace coauth::sandbox
