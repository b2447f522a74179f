// Credentials that expire: renewed in time, once for all, and across sessions.
#include "session/credential_lifetime.hpp"
#include "unit/session/renewals_fixture.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

using namespace coauth;
using namespace std::chrono_literals;
namespace asio = boost::asio;
using sessions::credential_lifetime;
using testing::echo_provider;
using testing::renewals_fixture;

namespace {

constexpr std::chrono::sys_seconds issued{std::chrono::seconds(1'000'000)};

} // namespace

TEST_CASE("credential_lifetime: a renewal is due after 80 to 90 % of the life, at random")
{
    const credential held(secret("s"), issued, issued + 1'000s, true);
    for (const auto& [chance, due] : {std::pair(0.0, 800s), std::pair(0.5, 850s), std::pair(0.999, 899s)}) {
        const credential_lifetime life(held, chance);
        CHECK(life.is_fresh(issued + due - 1s));
        CHECK_FALSE(life.is_fresh(issued + due));
        CHECK_FALSE(life.has_expired(issued + 999s));
        CHECK(life.has_expired(issued + 1'000s));
    }
}

TEST_CASE(
    "credential_lifetime: without a beginning it is due a minute before the end, and never if it can't be renewed")
{
    const credential_lifetime no_beginning(credential(secret("s"), std::nullopt, issued, true), 0.5);
    CHECK(no_beginning.is_fresh(issued - 61s));
    CHECK_FALSE(no_beginning.is_fresh(issued - 60s));

    const credential_lifetime not_renewable(credential(secret("s"), issued, issued + 1'000s, false), 0.5);
    CHECK(not_renewable.is_fresh(issued + 999s));
    CHECK_FALSE(not_renewable.is_fresh(issued + 1'000s));

    const credential_lifetime endless(credential(secret("s")), 0.5);
    CHECK(endless.is_fresh(std::chrono::sys_seconds::max()));
    CHECK_FALSE(endless.has_expired(std::chrono::sys_seconds::max()));

    credential_lifetime failed(credential(secret("s"), issued, issued + 1'000s, true), 0.5);
    failed.renewal_failed(issued + 880s);
    CHECK(failed.is_fresh(issued + 879s));
    CHECK_FALSE(failed.is_fresh(issued + 880s));
}

TEST_CASE("session: a credential is renewed before it expires, once however many calls need it")
{
    renewals_fixture f;
    f.provider->turns = 5;
    CHECK(f.token(*f.first) == "token-of-ann");
    f.pass(3'060s);
    std::vector<renewals_fixture::seen> all;
    for (int i = 0; i < 1'000; ++i)
        all.push_back(f.ask(*f.first));
    f.poll();
    for (const auto& each : all) {
        REQUIRE(*each);
        CHECK((*each)->value() == "token-of-ann+1");
    }
    CHECK(f.provider->renewals == 1);
    CHECK(f.renewed_events == 1);
    f.pass(3'000s);
    CHECK(f.token(*f.first) == "token-of-ann+1");
    f.pass(60s);
    CHECK(f.token(*f.first) == "token-of-ann+2");
}

TEST_CASE("session: two sessions on one store renew once, and both use the new credential")
{
    renewals_fixture f;
    f.second = f.make();
    CHECK(f.token(*f.second) == "token-of-ann");
    f.provider->turns = 50;
    f.pass(3'060s);
    const auto one = f.ask(*f.first);
    const auto other = f.ask(*f.second);
    f.poll();
    f.pass(200ms); // the second reads the store again
    REQUIRE(*one);
    REQUIRE(*other);
    CHECK((*one)->value() == "token-of-ann+1");
    CHECK((*other)->value() == "token-of-ann+1");
    CHECK(f.provider->renewals == 1);
}

TEST_CASE("session: a renewal that fails leaves the credential in use until it expires, and is tried again")
{
    renewals_fixture f;
    f.provider->renewal_fails = [](std::size_t) { throw error(errc::provider_unavailable).with_http_status(503); };
    f.pass(3'060s);
    CHECK(f.token(*f.first) == "token-of-ann");
    CHECK(f.token(*f.first) == "token-of-ann");
    CHECK(f.provider->renewals == 1);
    f.pass(31s);
    CHECK(f.token(*f.first) == "token-of-ann");
    CHECK(f.provider->renewals == 2);
    f.pass(600s); // it has expired
    CHECK(f.token(*f.first) == "provider_unavailable");
    f.provider->renewal_fails = nullptr;
    f.pass(31s);
    CHECK(f.token(*f.first) == "token-of-ann+4");
}

TEST_CASE("session: a credential that the provider does not renew is forgotten")
{
    renewals_fixture f;
    f.provider->renewal_fails = [](std::size_t) { throw error(errc::token_revoked).with_http_status(400); };
    f.pass(3'060s);
    CHECK(f.token(*f.first) == "token_revoked");
    CHECK(f.token(*f.first) == "unknown_user");
    CHECK(f.provider->renewals == 1);
}

TEST_CASE("session: one that can't be renewed is used until it expires, and then the user must sign in again")
{
    renewals_fixture f;
    const auto now = std::chrono::floor<std::chrono::seconds>(f.clock->now());
    f.add(credential(secret("token-of-ann"), now, now + 60s, false));
    f.pass(59s);
    CHECK(f.token(*f.first) == "token-of-ann");
    f.pass(1s);
    CHECK(f.token(*f.first) == "login_required");
    CHECK(f.provider->renewals == 0);
}

TEST_CASE("session: a new credential that seems to have expired is used, and renewed once for each call")
{
    renewals_fixture f;
    f.provider->life = -60s; // the provider's clock is behind
    f.pass(3'060s);
    CHECK(f.token(*f.first) == "token-of-ann+1");
    CHECK(f.token(*f.first) == "token-of-ann+2");
    CHECK(f.provider->renewals == 2);
}

TEST_CASE("session: one that the provider refuses is renewed once, and forgotten if it refuses the new one")
{
    renewals_fixture f;
    f.provider->call_fails = [](std::size_t number) {
        if (number == 1)
            throw error(errc::token_revoked).with_http_status(401);
    };
    CHECK(f.token(*f.first) == "token-of-ann+1");
    CHECK(f.provider->renewals == 1);
    f.provider->call_fails = [](std::size_t) { throw error(errc::token_revoked).with_http_status(401); };
    CHECK(f.token(*f.first) == "token_revoked");
    CHECK(f.provider->renewals == 2);
    CHECK(f.token(*f.first) == "unknown_user");
}

TEST_CASE("session: a lookup whose credential the provider refuses is made again with a renewed one, as every call "
          "that waits")
{
    std::vector<std::string> tokens;
    renewals_fixture f;
    const auto refuse_first = [&f](std::size_t) {
        if (f.provider->requests().back().token == "token-of-ann")
            throw error(errc::token_revoked).with_http_status(401);
    };
    f.provider->fails = refuse_first;
    for (int i = 0; i < 1'000; ++i)
        f.look_up(*f.first, coauth::user_ref::username("user_" + std::to_string(i)), tokens);
    f.pass(0ms);
    CHECK(tokens == std::vector<std::string>(1'000, "token-of-ann+1"));
    CHECK(f.provider->renewals == 1);
    CHECK(f.renewed_events == 1);
}

TEST_CASE("session: a lookup whose renewed credential is refused, too, fails and forgets it")
{
    std::vector<std::string> tokens;
    renewals_fixture f;
    f.provider->fails = [](std::size_t) { throw error(errc::token_revoked).with_http_status(401); };
    f.look_up(*f.first, coauth::user_ref::username("jack"), tokens);
    f.pass(0ms);
    f.look_up(*f.first, coauth::user_ref::username("jack"), tokens);
    f.pass(0ms);
    CHECK(tokens == std::vector<std::string>{"token_revoked", "unknown_user"});
    CHECK(f.provider->renewals == 1);
    CHECK(f.provider->count() == 2);
}

TEST_CASE("session: a lookup whose credential can't be renewed for now fails with that error, and is renewed later")
{
    std::vector<std::string> tokens;
    renewals_fixture f;
    f.provider->fails = [&f](std::size_t) {
        if (f.provider->requests().back().token == "token-of-ann")
            throw error(errc::token_revoked).with_http_status(401);
    };
    f.provider->renewal_fails = [](std::size_t number) {
        if (number == 1)
            throw error(errc::provider_unavailable).with_http_status(503);
    };
    for (int i = 0; i < 2; ++i) {
        f.look_up(*f.first, coauth::user_ref::username("jack"), tokens);
        f.pass(30s); // as long as the lease
    }
    CHECK(tokens == std::vector<std::string>{"provider_unavailable", "token-of-ann+2"});
}

TEST_CASE("session: a user whose credential has expired can sign out, without a renewal")
{
    renewals_fixture f;
    const auto now = std::chrono::floor<std::chrono::seconds>(f.clock->now());
    for (const bool renewable : {false, true}) {
        f.add(credential(secret("token-of-ann"), now, now + 60s, renewable));
        f.pass(60s);
        asio::co_spawn(f.io, f.first->sign_out("ann"), [](const std::exception_ptr& e) { CHECK(!e); });
        f.poll();
        CHECK(f.token(*f.first) == "unknown_user");
    }
    CHECK(f.provider->renewals == 0);
}

TEST_CASE("session.add: a login that was finished without a callback is kept, and gives the user")
{
    renewals_fixture f;
    coauth::profile user;
    user.id = "7";
    user.username = "bob";
    user.name = "Bob";
    std::optional<signed_in_user> added;
    asio::co_spawn(f.io, f.first->add(finished_login(user, echo_provider::token_of("7"))),
        [&added](const std::exception_ptr& e, signed_in_user signed_in) {
            CHECK(!e);
            added = std::move(signed_in);
        });
    f.poll();
    REQUIRE(added);
    CHECK(added->provider == "x");
    CHECK(added->id == "7");
    CHECK(added->username == "bob");
    CHECK(added->name == "Bob");
    CHECK(f.token(*f.first, "7") == "token-of-7");

    std::optional<errc> failed;
    asio::co_spawn(f.io, as_result(f.first->add(finished_login(coauth::profile(), echo_provider::token_of("")))),
        [&failed](const std::exception_ptr& e, const result<signed_in_user>& signed_in) {
            CHECK(!e);
            failed = signed_in.error().reason();
        });
    f.poll();
    CHECK(failed == errc::invalid_argument);
}
