#include "../crypto/failing_generator.hpp"

#include <coauth/error.hpp>
#include <coauth/oauth2/pkce.hpp>
#include <coauth/oauth2/state.hpp>

#include <doctest/doctest.h>

#include <set>
#include <string>

namespace oauth2 = coauth::oauth2;

TEST_CASE("pkce: the verifier of RFC 7636, appendix B, has the challenge it has there")
{
    const std::string verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const std::string challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
    CHECK(oauth2::code_challenge(verifier) == challenge);
    CHECK(oauth2::matches_code_challenge(verifier, challenge));
    CHECK(oauth2::code_challenge_method == "S256");
}

TEST_CASE("pkce: a challenge is matched by its own verifier only")
{
    const std::string verifier(64, 'v');
    const std::string challenge = oauth2::code_challenge(verifier);
    CHECK(oauth2::matches_code_challenge(verifier, challenge));
    for (const std::string& other :
        {std::string(), verifier + 'v', std::string(63, 'v') + 'w', challenge, std::string(42, 'v')}) {
        CAPTURE(other);
        CHECK_FALSE(oauth2::matches_code_challenge(other, challenge));
    }
    // The "plain" method: the challenge is the verifier.
    CHECK_FALSE(oauth2::matches_code_challenge(verifier, verifier));
    CHECK_FALSE(oauth2::matches_code_challenge(verifier, challenge + '='));
    CHECK_FALSE(oauth2::matches_code_challenge(verifier, ""));
    // Its digest would match, but it is too short to be a verifier.
    CHECK_FALSE(oauth2::matches_code_challenge("short", oauth2::code_challenge("short")));
}

TEST_CASE("pkce: a verifier has 43 to 128 unreserved characters")
{
    CHECK(oauth2::is_code_verifier(std::string(43, 'a')));
    CHECK(oauth2::is_code_verifier(std::string(128, 'Z')));
    CHECK(oauth2::is_code_verifier(std::string(40, '9') + "-._~"));
    CHECK_FALSE(oauth2::is_code_verifier(std::string(42, 'a')));
    CHECK_FALSE(oauth2::is_code_verifier(std::string(129, 'a')));
    CHECK_FALSE(oauth2::is_code_verifier(""));
    for (const char bad : {' ', '+', '/', '=', '%', '\n', '\0', '\x7f', '\xc3', '!'}) {
        CAPTURE(static_cast<int>(bad));
        CHECK_FALSE(oauth2::is_code_verifier(std::string(43, 'a') + bad));
    }
}

TEST_CASE("pkce: a challenge is what a SHA-256 gives in base64url")
{
    CHECK(oauth2::is_code_challenge("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"));
    for (const char* bad : {"", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-c",
             "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cMA", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cN",
             "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw+cM", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-c="}) {
        CAPTURE(bad);
        CHECK_FALSE(oauth2::is_code_challenge(bad));
    }
}

TEST_CASE("pkce: verifiers, states and nonces are new each time, and 43 characters that need no encoding")
{
    std::set<std::string> seen;
    for (int i = 0; i < 300; ++i) {
        const std::string made = i % 3 == 0   ? std::string(oauth2::random_code_verifier().reveal())
                                 : i % 3 == 1 ? oauth2::random_state()
                                              : oauth2::random_nonce();
        CHECK(made.size() == 43);
        CHECK(oauth2::is_code_verifier(made));
        CHECK(seen.insert(made).second);
    }
}

TEST_CASE("pkce: without random octets nothing is made")
{
    const crypto_test::failing_generator generator;
    CHECK_THROWS_AS(oauth2::random_code_verifier(), coauth::error);
    CHECK_THROWS_AS(oauth2::random_state(), coauth::error);
    CHECK_THROWS_AS(oauth2::random_nonce(), coauth::error);
}
