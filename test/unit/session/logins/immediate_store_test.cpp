// A store of the session's user that does not wait.
#include "unit/session/logins/logins_fixture.hpp"

#include <memory>
#include <string>
#include <utility>

using namespace coauth;
using testing::logins_fixture;

namespace {

// Throws what is not an error from the function that is named, and from every coroutine.
class immediate_store final : public store::login_store, public store::immediate_logins {
public:
    std::string throws;
    int calls = 0;

    store::login_limits limits() const override { return inner_->limits(); }
    boost::asio::awaitable<void> add(store::pending_login) override { throw 7; }
    boost::asio::awaitable<counts> count(store::browser_digest) override { throw 7; }
    boost::asio::awaitable<store::taken_login> take(store::login_id, store::browser_digest) override { throw 7; }
    boost::asio::awaitable<void> end(store::login_id, store::ended_login) override { throw 7; }
    std::shared_ptr<void> watch(watcher notified) override { return inner_->watch(std::move(notified)); }
    boost::asio::awaitable<expiry> expire() override { return inner_->expire(); }
    store::immediate_logins* immediate() noexcept override { return this; }

    void add_now(store::pending_login login) override
    {
        check("add");
        inner_->immediate()->add_now(std::move(login));
    }
    counts count_now(const store::browser_digest& browser) override
    {
        check("count");
        return inner_->immediate()->count_now(browser);
    }
    store::taken_login take_now(const store::login_id& id, const store::browser_digest& browser) override
    {
        check("take");
        return inner_->immediate()->take_now(id, browser);
    }
    void end_now(const store::login_id& id, const store::ended_login& reached) override
    {
        check("end");
        inner_->immediate()->end_now(id, reached);
    }

private:
    void check(const char* function)
    {
        ++calls;
        if (throws == function)
            throw 7;
    }

    const std::shared_ptr<store::login_store> inner_ = store::memory_login_store();
};

struct immediate_fixture {
    explicit immediate_fixture(std::shared_ptr<immediate_store> used) : store(std::move(used)), f(options_with(store))
    {}

    static session_options options_with(std::shared_ptr<store::login_store> used)
    {
        session_options options;
        options.logins = std::move(used);
        return options;
    }

    std::shared_ptr<immediate_store> store;
    logins_fixture f;
};

} // namespace

TEST_CASE("session: a store that does not wait is used through its plain functions")
{
    immediate_fixture on(std::make_shared<immediate_store>());
    const login begun = on.f.begin().value();
    CHECK(on.store->calls == 2);
    CHECK(on.f.status(begun) == login_status::granted);
    CHECK(on.store->calls == 4);
    CHECK(on.f.status(begun) == login_status::replayed);
}

TEST_CASE("session: what a store that does not wait throws is an error of the call")
{
    immediate_fixture on(std::make_shared<immediate_store>());
    for (const char* function : {"count", "add"}) {
        on.store->throws = function;
        const result<login> begun = on.f.begin();
        REQUIRE_FALSE(begun.has_value());
        CHECK(begun.error().reason() == errc::store_unavailable);
        CHECK(begun.error().message().find("the login store threw") != std::string::npos);
    }
    on.store->throws.clear();
    const login begun = on.f.begin().value();
    on.store->throws = "take";
    CHECK(on.f.complete(begun).error().reason() == errc::store_unavailable);
    on.store->throws = "end"; // the others wait until the login expires; the caller has its outcome
    CHECK(on.f.status(begun) == login_status::granted);
}

TEST_CASE("session.wait: ends when another session on the same store completes the login")
{
    session_options options;
    options.callback = "https://app.example/callback";
    options.logins = store::memory_login_store();
    logins_fixture f(options);
    const login begun = f.begin().value();
    const auto waiting = f.start(f.logins->wait(begun));
    f.poll();
    options.clock = f.clock;
    sessions::logins other(std::make_shared<sessions::session_setup>(f.io.get_executor(), f.provider, options),
        [&f](std::string user_id, credential held) { return f.keep(std::move(user_id), std::move(held)); });
    CHECK(
        f.run(other.complete(logins_fixture::callback(begun), begun.binding)).value().status == login_status::granted);
    CHECK(waiting.value().value().status == login_status::granted);
}
