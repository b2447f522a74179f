// An OpenID provider's document and keys: fetched when needed, once for all.
#include "unit/providers/openid_fixture.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

using namespace coauth;
using namespace coauth::providers::testing;
using namespace std::chrono_literals;
namespace asio = boost::asio;

namespace {

void rotate_keys(openid_fixture& f)
{
    f.wire->forget(op_keys);
    f.wire->respond(op_keys, 200, openid_keys(2));
}

result<finished_login> sign_in_with_key(openid_fixture& f, int key)
{
    const begun_login begun = f.begin();
    return f.finish(begun, 200, openid_fixture::token_body(openid_key(key).sign(openid_fixture::claims(begun))));
}

} // namespace

TEST_CASE("oidc: an ID token of a new key is checked with the keys fetched anew, at most once in 30 s")
{
    openid_fixture f;
    REQUIRE(f.sign_in());
    CHECK(f.wire->count("/jwks") == 1);
    rotate_keys(f);
    REQUIRE(sign_in_with_key(f, 2));
    CHECK(f.wire->count("/jwks") == 2);
    // Of a key that is no longer there.
    for (int i = 0; i < 5; ++i)
        CHECK(sign_in_with_key(f, 1).error().reason() == errc::id_token_rejected);
    CHECK(f.wire->count("/jwks") == 2);
    f.time->pass(30s);
    CHECK(sign_in_with_key(f, 1).error().reason() == errc::id_token_rejected);
    CHECK(f.wire->count("/jwks") == 3);
    REQUIRE(sign_in_with_key(f, 2));
    CHECK(f.wire->count("/jwks") == 3);
}

TEST_CASE("oidc: new keys that can't be had are fetched for the next login that needs them")
{
    openid_fixture f;
    REQUIRE(f.sign_in());
    f.wire->forget(op_keys);
    f.wire->respond(op_keys, 404, "").respond(op_keys, 200, openid_keys(2));
    const auto failed = sign_in_with_key(f, 2);
    REQUIRE_FALSE(failed);
    CHECK(failed.error().reason() != errc::id_token_rejected);
    CHECK(sign_in_with_key(f, 2));
    CHECK(f.wire->count("/jwks") == 3);
    CHECK(sign_in_with_key(f, 1).error().reason() == errc::id_token_rejected);
    CHECK(f.wire->count("/jwks") == 3);
}

TEST_CASE("oidc: document and keys are kept for an hour, and those that can't be had are not kept")
{
    openid_fixture f;
    f.wire->forget(op_discovery);
    http::response late;
    late.status = 503;
    late.headers.add("Retry-After", "20");
    f.wire->respond(op_discovery, late).respond(op_discovery, 200, discovery_body());
    const auto failed = run(f.provider->begin(app_callback, login_request()));
    CHECK(failed.error().reason() == errc::provider_unavailable);
    CHECK(failed.error().retry_after() == 20s);
    CHECK(f.sign_in());
    CHECK(f.wire->count("/.well-known/openid-configuration") == 2);
    f.time->pass(3599s);
    f.begin();
    CHECK(f.wire->count("/.well-known/openid-configuration") == 2);
    f.time->pass(1s);
    f.begin();
    CHECK(f.wire->count("/.well-known/openid-configuration") == 3);
}

TEST_CASE("oidc: many logins at once fetch document and keys once")
{
    openid_fixture f;
    asio::io_context io;
    std::vector<std::optional<result<begun_login>>> begun(1'000);
    for (auto& each : begun)
        asio::co_spawn(io, twitter::testing::keep(f.provider->begin(app_callback, login_request()), each),
            [](const std::exception_ptr& e) { CHECK(!e); });
    io.run();
    for (const auto& each : begun)
        CHECK(each->has_value());
    CHECK(f.wire->count("/.well-known/openid-configuration") == 1);
}
