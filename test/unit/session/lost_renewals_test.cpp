// Renewals whose response is lost, or that were not sent.
#include "unit/session/renewals_fixture.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace coauth;
using namespace std::chrono_literals;
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
