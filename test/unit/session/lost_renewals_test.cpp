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

namespace {

// A token store that fails for some time: does not take a new credential, or gives no lease.
class full_store final : public store::token_store {
public:
    explicit full_store(std::shared_ptr<store::token_store> inner) : inner_(std::move(inner)) {}

    asio::awaitable<std::optional<store::stored_credential>> find(user_key user) override
    {
        fail_while(find_failures);
        return inner_->find(std::move(user));
    }
    asio::awaitable<std::uint64_t> put(user_key user, credential held) override
    {
        return inner_->put(std::move(user), std::move(held));
    }
    asio::awaitable<std::optional<std::uint64_t>> replace_if(
        user_key user, std::uint64_t version, credential held) override
    {
        fail_while(refusals);
        return inner_->replace_if(std::move(user), version, std::move(held));
    }
    asio::awaitable<bool> remove(user_key user, std::optional<std::uint64_t> version) override
    {
        if (const auto before = std::exchange(before_remove, nullptr))
            co_await before();
        const bool removed = co_await inner_->remove(std::move(user), version);
        co_return removed;
    }
    asio::awaitable<bool> lease(user_key user, std::uint64_t version, std::chrono::milliseconds time) override
    {
        fail_while(lease_failures);
        if (user.id == leased_elsewhere)
            return never_leased();
        return inner_->lease(std::move(user), version, time);
    }

    errc reason = errc::store_unavailable;
    int refusals = 0;
    int lease_failures = 0;
    int find_failures = 0;
    std::string leased_elsewhere;                         ///< A user's id.
    std::function<asio::awaitable<void>()> before_remove; ///< Once.

private:
    static asio::awaitable<bool> never_leased() { co_return false; }

    void fail_while(int& left) const
    {
        if (left > 0) {
            --left;
            throw error(reason);
        }
    }

    std::shared_ptr<store::token_store> inner_;
};

// As another process does.
asio::awaitable<bool> lease_for(store::token_store& store, user_key user, std::chrono::milliseconds time)
{
    const auto found = co_await store.find(user);
    const bool leased = co_await store.lease(user, found->version, time);
    co_return leased;
}

} // namespace

TEST_CASE("session: a credential that another login brings while its user signs out stays")
{
    renewals_fixture f;
    const auto store = std::make_shared<full_store>(f.tokens);
    f.tokens = store;
    f.first = f.make();
    for (const bool in_memory : {false, true}) {
        CAPTURE(in_memory);
        f.provider->revoked.clear();
        f.add(credential(secret("token-of-ann")));
        if (in_memory)
            CHECK(f.token(*f.first) == "token-of-ann");
        store->before_remove = [&f] { return f.first->add_user("ann", credential(secret("token-of-ann+9"))); };
        asio::co_spawn(f.io, f.first->sign_out("ann", session::at_provider::revoke),
            [](const std::exception_ptr& e) { CHECK(!e); });
        f.poll();
        CHECK(f.token(*f.first) == "token-of-ann+9");
        CHECK(f.provider->revoked == std::vector<std::string>{"token-of-ann"});
    }
}

TEST_CASE("session: a new credential that the store does not take at first is written later, and not asked for again")
{
    for (const int refusals : {1, 16}) { // the second for longer than the first renewal goes on
        renewals_fixture f;
        const auto store = std::make_shared<full_store>(f.tokens);
        store->refusals = refusals;
        f.tokens = store;
        f.first = f.make();
        f.pass(3'060s);
        for (int calls = 0; calls < 3; ++calls) {
            const auto asked = f.ask(*f.first);
            for (int i = 0; i < 300; ++i)
                f.pass(200ms);
            REQUIRE(*asked);
        }
        CHECK(f.token(*f.first) == "token-of-ann+1");
        CHECK(f.provider->renewals == 1);
    }
}

TEST_CASE("session: a store that fails when the lease is taken is an error of each call, and the next one tries again")
{
    for (const errc reason : {errc::store_unavailable, errc::timeout, errc::sealed_record})
        for (const bool held_elsewhere : {false, true}) {
            CAPTURE(std::string(name(reason)));
            CAPTURE(held_elsewhere);
            renewals_fixture f;
            const auto store = std::make_shared<full_store>(f.tokens);
            store->reason = reason;
            f.tokens = store;
            f.first = f.make();
            CHECK(f.token(*f.first) == "token-of-ann");
            f.pass(3'600s); // it has expired
            if (held_elsewhere) {
                asio::co_spawn(f.io, lease_for(*store, user_key("x", "ann"), 10s),
                    [](const std::exception_ptr& e, bool leased) { CHECK((!e && leased)); });
                f.poll();
            }
            (held_elsewhere ? store->find_failures : store->lease_failures) = 3;
            for (int calls = 0; calls < 3; ++calls)
                CHECK(f.token(*f.first) == std::string(name(reason)));
            CHECK(f.provider->renewals == 0);
            const auto response = f.ask(*f.first);
            f.pass(held_elsewhere ? 11s : 0s);
            REQUIRE(*response);
            CHECK((*response)->value() == "token-of-ann+1");
            CHECK(f.provider->renewals == 1);
        }
}

TEST_CASE("session: a new credential that the store refuses is written by the next call, and not asked for again")
{
    renewals_fixture f;
    const auto store = std::make_shared<full_store>(f.tokens);
    store->reason = errc::sealed_record; // not tried again by itself
    store->refusals = 2;
    f.tokens = store;
    f.first = f.make();
    f.pass(3'600s);
    for (int calls = 0; calls < 2; ++calls)
        CHECK(f.token(*f.first) == "sealed_record");
    CHECK(f.token(*f.first) == "token-of-ann+1");
    CHECK(f.provider->renewals == 1);
}

TEST_CASE(
    "session: a lease that others hold for a minute fails the calls that wait, and those of the next half a minute")
{
    renewals_fixture f;
    const auto store = std::make_shared<full_store>(f.tokens);
    store->leased_elsewhere = "ann";
    f.tokens = store;
    f.first = f.make();
    f.pass(3'600s);
    const auto response = f.ask(*f.first);
    for (int reads = 0; reads < 299; ++reads)
        f.pass(200ms);
    CHECK_FALSE(*response);
    for (int reads = 0; reads < 5; ++reads)
        f.pass(200ms);
    REQUIRE(*response);
    CHECK((*response)->error().reason() == errc::timeout);
    store->leased_elsewhere.clear();
    CHECK(f.token(*f.first) == "timeout");
    f.pass(30s);
    CHECK(f.token(*f.first) == "token-of-ann+1");
}
