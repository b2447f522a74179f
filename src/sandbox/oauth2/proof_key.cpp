#include "sandbox/oauth2/proof_key.hpp"

#include "sandbox/oauth2/parameters.hpp"

#include <coauth/oauth2/pkce.hpp>
#include <coauth/secret.hpp>

namespace coauth::sandbox {

std::optional<refusal> challenge_refusal(std::string_view challenge, std::string_view method)
{
    if (challenge.empty())
        return missing_parameter("code_challenge", "PKCE is demanded: RFC 7636; RFC 9700, section 2.1.1");
    refusal r("invalid_request", "bad_challenge", "");
    r.parameter = "code_challenge_method";
    if (method.empty())
        r.explanation = "code_challenge_method is missing, which means plain: S256 is demanded";
    else if (method != oauth2::code_challenge_method)
        r.explanation = "code_challenge_method is " + printable(method) + ": S256 is demanded";
    else if (!oauth2::is_code_challenge(challenge))
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
    if (!oauth2::is_code_verifier(*verifier)) {
        refusal r("invalid_grant", "bad_verifier",
            "the code_verifier has " + std::to_string(verifier->size()) +
                " octets or others than A-Z a-z 0-9 - . _ ~: it must have 43 to 128 of these");
        r.parameter = "code_verifier";
        return r;
    }
    if (oauth2::matches_code_challenge(*verifier, challenge))
        return std::nullopt;
    auto explanation = "the code_verifier's S256 is " + oauth2::code_challenge(*verifier) + ", the challenge was " +
                       std::string(challenge);
    if (equal_in_constant_time(*verifier, challenge))
        explanation += ": the challenge itself was sent as the verifier";
    return refusal("invalid_grant", "wrong_verifier", std::move(explanation));
}

} // namespace coauth::sandbox
