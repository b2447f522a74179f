// Credentials, and a token store that fails for some time.
#include "unit/session/renewals_fixture.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using namespace coauth;
using namespace std::chrono_literals;
namespace asio = boost::asio;
using testing::renewals_fixture;

namespace {

// A token store that fails for some time: does not take a new credential, or gives no lease.
class full_store final : public store::token_store {
public:
    explicit full_store(std::shared_ptr<store::token_store> inner) : inner_(std::move(inner)) {}

    asio::awaitable<std::optional<store::stored_credential>> find(user_key user) override
    {
        fail_while(find_failures);
        if (const auto before = std::exchange(before_find, nullptr))
            co_await before();
        auto found = co_await inner_->find(std::move(user));
        co_return found;
    }
    asio::awaitable<std::uint64_t> put(user_key user, credential held) override
    {
        fail_while(put_failures);
        const std::uint64_t version = co_await inner_->put(std::move(user), std::move(held));
        fail_while(lost_puts);
        co_return version;
    }
    asio::awaitable<std::optional<std::uint64_t>> replace_if(
        user_key user, std::uint64_t version, credential held) override
    {
        fail_while(refusals);
        if (const auto before = std::exchange(before_replace, nullptr))
            co_await before();
        auto replaced = co_await inner_->replace_if(std::move(user), version, std::move(held));
        co_return replaced;
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
    int put_failures = 0;
    int lost_puts = 0;                                    ///< Carried out, and failed.
    std::string leased_elsewhere;                         ///< A user's id.
    std::function<asio::awaitable<void>()> before_remove; ///< Once, as the next.
    std::function<asio::awaitable<void>()> before_find;
    std::function<asio::awaitable<void>()> before_replace;

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

TEST_CASE("session: a credential that another login brings while its user signs out stays, and nothing is revoked")
{
    for (const bool in_memory : {false, true})
        for (const auto moment : {&full_store::before_find, &full_store::before_remove}) {
            if (in_memory && moment == &full_store::before_find)
                continue;
            CAPTURE(in_memory);
            renewals_fixture f;
            const auto store = std::make_shared<full_store>(f.tokens);
            f.tokens = store;
            f.first = f.make();
            f.add(credential(secret("token-of-ann")));
            if (in_memory)
                CHECK(f.token(*f.first) == "token-of-ann");
            (*store).*moment = [&f] { return f.first->add_user("ann", credential(secret("token-of-ann+9"))); };
            asio::co_spawn(f.io, f.first->sign_out("ann", session::at_provider::revoke),
                [](const std::exception_ptr& e) { CHECK(!e); });
            f.poll();
            CHECK(f.token(*f.first) == "token-of-ann+9");
            CHECK(f.provider->revoked.empty());
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
            const auto response = f.ask(*f.first);
            for (int i = 0; i < 300; ++i)
                f.pass(200ms);
            REQUIRE(*response);
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

namespace {

// A later login lacks what an earlier one brought.
class carrying_provider final : public testing::echo_provider {
public:
    credential carry_over(credential received, const credential& kept) const override
    {
        if (fails)
            throw std::runtime_error("a bug");
        std::string text(received.text().reveal());
        text += '&';
        text += kept.text().reveal();
        return credential(secret(std::move(text)), received.issued_at(), received.expires_at(), true);
    }

    bool fails = false;
};

class carrying_fixture : public renewals_fixture {
public:
    carrying_fixture()
    {
        provider = carrying;
        carrying->clock = clock;
        tokens = store;
        first = make();
    }

    // Signs ann in with a credential that ends in an hour; returns the error's name, or nothing.
    std::string sign_in(const std::string& text, bool renewable = false)
    {
        profile user;
        user.id = "ann";
        const auto now = std::chrono::floor<std::chrono::seconds>(clock->now());
        std::string out = "nothing";
        asio::co_spawn(io,
            as_result(first->add(finished_login(user, credential(secret(text), now, now + 3'600s, renewable)))),
            [&out](const std::exception_ptr& e, const result<signed_in_user>& added) {
                REQUIRE(!e);
                out = added ? "" : std::string(name(added.error().reason()));
            });
        poll();
        return out;
    }

    std::shared_ptr<full_store> store = std::make_shared<full_store>(tokens);
    std::shared_ptr<carrying_provider> carrying = std::make_shared<carrying_provider>();
};

} // namespace

TEST_CASE("session.add: what an earlier login brought is carried over, unless the provider's class fails")
{
    carrying_fixture f;
    CHECK(f.sign_in("one").empty());
    CHECK(f.token(*f.first) == "one&token-of-ann");
    CHECK(f.sign_in("two", true).empty());
    CHECK(f.token(*f.first) == "two");
    f.carrying->fails = true;
    CHECK(f.sign_in("three").empty());
    CHECK(f.token(*f.first) == "three");
}

TEST_CASE("session.add: what is carried over is the store's credential at the moment of the write")
{
    carrying_fixture f;
    f.store->before_replace = [&f] { return f.first->add_user("ann", credential(secret("renewed"))); };
    CHECK(f.sign_in("one").empty());
    CHECK(f.token(*f.first) == "one&renewed");

    carrying_fixture gone;
    gone.store->before_replace = [&gone]() -> asio::awaitable<void> {
        co_await gone.store->remove(user_key("x", "ann"), std::nullopt);
    };
    CHECK(gone.sign_in("one").empty());
    CHECK(gone.token(*gone.first) == "one");
}

TEST_CASE(
    "session.add: a credential that the store has not got is ended at the provider, without what was carried over")
{
    carrying_fixture f;
    f.store->refusals = 1;
    CHECK(f.sign_in("one") == "store_unavailable");
    CHECK(f.provider->revoked == std::vector<std::string>{"one"});
    f.store->put_failures = 1;
    CHECK(f.sign_in("two", true) == "store_unavailable");
    CHECK(f.provider->revoked == std::vector<std::string>{"one", "two"});
    CHECK(f.token(*f.first) == "token-of-ann");
}

TEST_CASE("session.add: a credential that the store may have got is not ended")
{
    carrying_fixture f;
    f.store->lost_puts = 1;
    CHECK(f.sign_in("one", true) == "store_unavailable");
    CHECK(f.token(*f.first) == "one");
    f.store->put_failures = 1;
    f.store->find_failures = 1;
    CHECK(f.sign_in("two", true) == "store_unavailable");
    CHECK(f.provider->revoked.empty());
}

TEST_CASE("session.add: an earlier credential that can't be read does not cost a login whose token expires")
{
    renewals_fixture f;
    const auto store = std::make_shared<full_store>(f.tokens);
    f.tokens = store;
    f.first = f.make();
    for (const errc reason : {errc::sealed_record, errc::store_unavailable}) {
        store->reason = reason;
        store->find_failures = 1;
        profile user;
        user.id = "ann";
        const auto now = std::chrono::floor<std::chrono::seconds>(f.clock->now());
        std::optional<bool> added;
        asio::co_spawn(f.io,
            as_result(f.first->add(finished_login(user, credential(secret("later"), now, now + 3'600s, false)))),
            [&added](const std::exception_ptr& e, const result<signed_in_user>& outcome) {
                added = !e && outcome.has_value();
            });
        f.poll();
        CHECK(added == true);
        CHECK(store->find_failures == 0);
        CHECK(f.token(*f.first) == "later");
    }
}
