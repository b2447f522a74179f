// What becomes of a login's credential when it is kept: beside an earlier one, or not at all.
#include "unit/providers/openid_fixture.hpp"

#include <coauth/oauth2/stored_credential.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <optional>
#include <string>

using namespace coauth;
using namespace coauth::providers::testing;
using namespace std::chrono_literals;

TEST_CASE("oauth2_provider: a later login keeps the refresh token that an earlier one brought for the same scopes")
{
    openid_fixture f;
    const std::chrono::sys_seconds issued(1'000s);
    const auto held = [&](const std::string& name, const std::string& refresh_token, const std::string& scope,
                          bool expires = true) {
        oauth2::stored_credential tokens;
        tokens.access_token = secret("access-" + name);
        tokens.refresh_token = secret(refresh_token);
        tokens.scope = scope;
        const auto end = expires ? std::optional(issued + 3'600s) : std::nullopt;
        return credential(oauth2::stored_text(tokens), issued, end, !refresh_token.empty());
    };
    struct login {
        credential received;
        credential kept;
        std::string refresh_token;
    };
    const login logins[] = {
        {held("new", "", "openid email"), held("old", "r1", "openid email"), "r1"},
        {held("new", "", "email openid"), held("old", "r1", "openid  email photos"), "r1"},
        {held("new", "", ""), held("old", "r1", ""), "r1"},
        {held("new", "r2", "openid"), held("old", "r1", "openid"), "r2"},
        {held("new", "", "openid photos"), held("old", "r1", "openid photo"), ""}, // would be narrower when renewed
        {held("new", "", "openid", false), held("old", "r1", "openid"), ""},       // never ends
        {held("new", "", "openid"), held("old", "", "openid"), ""},
        {held("new", "", "openid"), credential(secret("oauth1 of another time")), ""},
    };
    for (const login& each : logins) {
        CAPTURE(each.received.text().reveal());
        CAPTURE(each.kept.text().reveal());
        const credential out = f.provider->carry_over(each.received, each.kept);
        CHECK(tokens_of(out).access_token.reveal() == "access-new");
        CHECK(tokens_of(out).refresh_token.reveal() == each.refresh_token);
        CHECK(tokens_of(out).scope == tokens_of(each.received).scope);
        CHECK(out.renewable() == !each.refresh_token.empty());
        CHECK(out.expires_at() == each.received.expires_at());
        CHECK(out.issued_at() == each.received.issued_at());
    }
}

TEST_CASE("oauth2_provider: a credential that could not be kept is revoked")
{
    openid_fixture f;
    const auto finished = f.sign_in();
    REQUIRE(finished);
    CHECK(run(f.provider->discard(finished->held)));
    CHECK(f.wire->count("/revoke") == 2);
}
