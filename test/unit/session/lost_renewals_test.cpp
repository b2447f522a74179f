// Renewals whose response is lost, or that were not sent.
#include "unit/session/renewals_fixture.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

using namespace coauth;
using namespace std::chrono_literals;
namespace asio = boost::asio;
using testing::renewals_fixture;

TEST_CASE("session: a renewal whose response is lost is tried once more, and then the credential is forgotten")
{
    for (const errc lost : {errc::connection_lost, errc::timeout}) {
        renewals_fixture f;
        f.provider->renewal_fails = [lost](std::size_t) { throw error(lost); };
        f.pass(3'060s);
        std::vector<renewals_fixture::seen> all;
        for (int i = 0; i < 100; ++i)
            all.push_back(f.ask(*f.first));
        f.poll();
        for (const auto& each : all) {
            REQUIRE(*each);
            CHECK((*each)->error().reason() == errc::token_revoked);
        }
        CHECK(f.provider->renewals == 2);
        CHECK(f.token(*f.first) == "unknown_user");
        f.pass(3'060s);
        CHECK(f.provider->renewals == 2);
    }
}

TEST_CASE("session: a second try after a lost response may give the new credential, or the provider's refusal")
{
    renewals_fixture retried;
    retried.provider->renewal_fails = [](std::size_t number) {
        if (number == 1)
            throw error(errc::connection_lost);
    };
    retried.pass(3'060s);
    CHECK(retried.token(*retried.first) == "token-of-ann+2");
    // The new credential may lose a response as well.
    retried.provider->renewal_fails = [](std::size_t number) {
        if (number == 3)
            throw error(errc::connection_lost);
    };
    retried.pass(3'060s);
    CHECK(retried.token(*retried.first) == "token-of-ann+4");

    renewals_fixture refused;
    refused.provider->renewal_fails = [](std::size_t number) {
        if (number == 1)
            throw error(errc::timeout);
        throw error(errc::token_revoked).with_http_status(400);
    };
    refused.pass(3'060s);
    CHECK(refused.token(*refused.first) == "token_revoked");
    CHECK(refused.provider->renewals == 2);
}

TEST_CASE(
    "session: a response that is lost late is tried once more when the lease has ended, and a refusal does not count")
{
    renewals_fixture f;
    f.provider->renewal_fails = [&f](std::size_t number) {
        if (number == 1) {
            f.clock->advance(20s);
            throw error(errc::timeout);
        }
        if (number == 2)
            throw error(errc::provider_unavailable).with_http_status(503);
        throw error(errc::connection_lost);
    };
    f.pass(3'060s);
    CHECK(f.token(*f.first) == "token-of-ann"); // it lasts a little longer
    CHECK(f.provider->renewals == 1);
    f.pass(31s);
    CHECK(f.token(*f.first) == "token-of-ann");
    CHECK(f.provider->renewals == 2);
    f.pass(31s);
    CHECK(f.token(*f.first) == "token_revoked");
    CHECK(f.provider->renewals == 3);
}

TEST_CASE("session: a renewal that was not sent is tried again as long as it takes")
{
    renewals_fixture f;
    f.provider->renewal_fails = [](std::size_t number) {
        if (number <= 4)
            throw error(number % 2 == 0 ? errc::connect_failed : errc::resolve_failed);
    };
    f.pass(3'060s);
    for (int i = 0; i < 4; ++i) {
        CHECK(f.token(*f.first) == "token-of-ann");
        f.pass(31s);
    }
    CHECK(f.token(*f.first) == "token-of-ann+5");
}

TEST_CASE("session: a time-out before anything was sent is no lost response, however often")
{
    renewals_fixture f;
    f.provider->renewal_fails = [](std::size_t number) {
        if (number <= 5)
            throw error(number % 2 == 0 ? errc::timeout : errc::connection_lost).with_not_sent();
    };
    f.pass(3'060s);
    for (int i = 0; i < 5; ++i) {
        CHECK(f.token(*f.first) == "token-of-ann");
        f.pass(31s);
    }
    CHECK(f.token(*f.first) == "token-of-ann+6");
}

TEST_CASE("session: after a renewal that failed the credential's calls fail at once with that error, for half a minute")
{
    renewals_fixture f;
    f.provider->renewal_fails = [](std::size_t number) {
        if (number == 1)
            throw error(errc::provider_unavailable).with_http_status(503);
    };
    f.pass(3'600s); // it has expired
    for (int i = 0; i < 3; ++i)
        CHECK(f.token(*f.first) == "provider_unavailable");
    CHECK(f.provider->renewals == 1);
    f.pass(30s);
    CHECK(f.token(*f.first) == "token-of-ann+2");
}

TEST_CASE("session: a renewal that failed is made again when the provider says, within half a minute and an hour")
{
    struct pause {
        std::chrono::seconds said;
        std::chrono::seconds kept;
    };
    for (const pause& each : {pause{0s, 30s}, pause{31s, 31s}, pause{900s, 900s}, pause{100'000s, 3'600s}}) {
        CAPTURE(each.said.count());
        const std::chrono::seconds wait = each.said;
        renewals_fixture f;
        f.provider->renewal_fails = [wait](std::size_t number) {
            if (number == 1)
                throw error(errc::rate_limited).with_http_status(429).with_retry_after(wait);
        };
        f.pass(3'600s); // it has expired
        CHECK(f.token(*f.first) == "rate_limited");
        f.pass(each.kept - 1s);
        CHECK(f.token(*f.first) == "rate_limited");
        CHECK(f.provider->renewals == 1);
        f.pass(1s);
        CHECK(f.token(*f.first) == "token-of-ann+2");
    }
}

TEST_CASE("session: signing out ends a credential that another session renewed, and revokes that one")
{
    renewals_fixture f;
    f.second = f.make();
    CHECK(f.token(*f.first) == "token-of-ann");
    f.pass(3'060s);
    CHECK(f.token(*f.second) == "token-of-ann+1"); // the first session has the old one still
    asio::co_spawn(
        f.io, f.first->sign_out("ann", session::at_provider::revoke), [](const std::exception_ptr& e) { CHECK(!e); });
    f.poll();
    CHECK(f.token(*f.first) == "unknown_user");
    CHECK(f.provider->revoked == std::vector<std::string>{"token-of-ann+1"});
    f.second = f.make();
    CHECK(f.token(*f.second) == "unknown_user");
}

TEST_CASE("session: a credential that is renewed while its user signs out is revoked")
{
    renewals_fixture f;
    f.provider->turns = 3;
    f.pass(3'060s);
    const auto asked = f.ask(*f.first);
    f.io.restart();
    while (f.provider->renewals == 0)
        f.io.poll_one();
    asio::co_spawn(f.io, f.first->sign_out("ann"), [](const std::exception_ptr& e) { CHECK(!e); });
    f.poll();
    REQUIRE(*asked);
    CHECK((*asked)->has_error());
    CHECK(f.token(*f.first) == "unknown_user");
    CHECK(f.provider->revoked == std::vector<std::string>{"token-of-ann+1"});
}
