// Waiting for a login: until its end, its deadline, or the end of the session.
#include "unit/session/logins/logins_fixture.hpp"

#include <boost/asio/strand.hpp>

using namespace std::chrono_literals;
using namespace coauth;
using testing::logins_fixture;

TEST_CASE("session.wait: at the deadline every waiter gets expired, and nothing stays behind")
{
    logins_fixture f;
    const login begun = f.begin(browser_binding(), "/from").value();
    const auto first = f.start(f.logins->wait(begun));
    const auto second = f.start(f.logins->wait(begun));
    f.pass(10min - 1ms);
    CHECK_FALSE(first.done());
    CHECK(f.clock->sleepers() == 1);
    f.pass(1ms);
    CHECK(first.value().value().status == login_status::expired);
    CHECK(first.value().value().return_to == "/from");
    CHECK(second.value().value().status == login_status::expired);
    CHECK(f.run(f.logins->wait(begun)).value().status == login_status::expired);
    CHECK(f.logins->counts().expired == 1);
    CHECK(f.logins->counts().awaited == 0);
    CHECK(f.events == std::vector<std::string>{"begun", "expired"});
    CHECK(f.pending() == 0);
    CHECK(f.idle());
}

TEST_CASE("logins: those without a waiter expire as well, with one alarm for all")
{
    logins_fixture f;
    for (int i = 0; i < 20; ++i) {
        REQUIRE(f.begin());
        f.pass(10ms);
        CHECK(f.clock->sleepers() == 1);
    }
    f.pass(10min - 200ms);
    CHECK(f.logins->counts().expired == 1);
    f.pass(100ms);
    CHECK(f.logins->counts().expired == 11);
    f.pass(100ms);
    CHECK(f.logins->counts().expired == 20);
    CHECK(f.idle());
}

TEST_CASE("logins: no alarm stays set when the last login was taken")
{
    logins_fixture f;
    const login first = f.begin().value();
    const login second = f.begin().value();
    CHECK(f.status(first) == login_status::granted);
    CHECK(f.clock->sleepers() == 1);
    CHECK(f.status(second) == login_status::granted);
    CHECK(f.idle());
    // And it is set again for the next.
    const login third = f.begin().value();
    CHECK(f.clock->sleepers() == 1);
    f.pass(10min);
    CHECK(f.logins->counts().expired == 1);
    CHECK(f.idle());
}

TEST_CASE("logins: one whose last leg is in flight at the deadline does not expire")
{
    logins_fixture f;
    const login begun = f.begin().value();
    const auto waiting = f.start(f.logins->wait(begun));
    f.pass(10min - 1ms);
    f.provider->finishes.hold();
    const auto callback = f.start(f.logins->complete(f.callback(begun), begun.binding));
    f.pass(2s);
    CHECK_FALSE(waiting.done());
    CHECK_FALSE(callback.done());
    f.provider->finishes.open();
    f.poll();
    CHECK(waiting.value().value().status == login_status::granted);
    CHECK(callback.value().value().status == login_status::granted);
    CHECK(f.logins->counts().expired == 0);
    CHECK(f.idle());
}

TEST_CASE("session.wait: a waiter that comes during the callback, or after its end, gets the same outcome")
{
    logins_fixture f;
    const login begun = f.begin().value();
    f.provider->finishes.hold();
    const auto callback = f.start(f.logins->complete(f.callback(begun), begun.binding));
    f.poll();
    const auto between = f.start(f.logins->wait(begun));
    f.poll();
    CHECK_FALSE(between.done());
    f.provider->finishes.open();
    f.poll();
    CHECK(between.value().value().status == login_status::granted);
    f.pass(1h);
    CHECK(f.run(f.logins->wait(begun)).value().status == login_status::granted);
}

TEST_CASE("session.complete_login: a last leg continues when its caller is cancelled")
{
    logins_fixture f;
    const login begun = f.begin().value();
    const auto waiting = f.start(f.logins->wait(begun));
    f.provider->finishes.hold();
    const auto callback = f.start(f.logins->complete(f.callback(begun), begun.binding));
    f.poll();
    callback.signal().emit(boost::asio::cancellation_type::terminal);
    f.poll();
    CHECK(callback.failure() == errc::cancelled);
    CHECK_FALSE(waiting.done());
    f.provider->finishes.open();
    f.poll();
    CHECK(waiting.value().value().status == login_status::granted);
    CHECK(f.kept.size() == 1);
}

TEST_CASE("logins: closed, they refuse new work, resume the waiters and let legs end")
{
    logins_fixture f;
    const login begun = f.begin().value();
    const login other = f.begin().value();
    const auto waiting = f.start(f.logins->wait(begun));
    f.provider->finishes.hold();
    const auto callback = f.start(f.logins->complete(f.callback(begun), begun.binding));
    f.provider->begins.hold();
    const auto beginning = f.start(f.logins->begin(browser_binding(), login_request()));
    f.poll();
    f.logins->close();
    f.poll();
    CHECK(waiting.failure() == errc::cancelled);
    CHECK(waiting.value().error().message() == "the session is closed");
    CHECK(f.begin().error().reason() == errc::cancelled);
    CHECK(f.complete(other).error().reason() == errc::cancelled);
    CHECK(f.run(f.logins->wait(other)).error().reason() == errc::cancelled);
    CHECK_FALSE(callback.done());
    f.provider->finishes.open();
    f.provider->begins.open();
    f.poll();
    CHECK(callback.value().value().status == login_status::granted);
    CHECK(f.run(f.logins->wait(beginning.value().value())).error().reason() == errc::cancelled);
    CHECK(f.kept.size() == 1);
    CHECK(f.idle());
}

TEST_CASE("logins: destroyed with legs in flight, every call ends with cancelled")
{
    logins_fixture f;
    const login begun = f.begin().value();
    const auto waiting = f.start(f.logins->wait(begun));
    f.provider->finishes.hold();
    f.provider->begins.hold();
    const auto callback = f.start(f.logins->complete(f.callback(begun), begun.binding));
    const auto beginning = f.start(f.logins->begin(browser_binding(), login_request()));
    f.poll();
    f.destroy();
    f.poll();
    CHECK(waiting.failure() == errc::cancelled);
    CHECK(callback.failure() == errc::cancelled);
    CHECK(beginning.failure() == errc::cancelled);
    CHECK(f.idle());
}

TEST_CASE("logins: a context destroyed with waiters and legs in flight leaves no dangling reference")
{
    // The sanitizers check this.
    auto provider = std::make_shared<testing::fake_login_provider>();
    auto clock = std::make_shared<testing::manual_clock>();
    std::optional<login> begun;
    {
        boost::asio::io_context io;
        session_options options;
        options.clock = clock;
        options.callback = "oob";
        auto setup = std::make_shared<sessions::session_setup>(io.get_executor(), provider, options);
        auto parts = std::make_shared<sessions::logins>(
            setup, [](std::string, credential) -> boost::asio::awaitable<void> { co_return; });
        const auto begin_and_wait = [](std::shared_ptr<sessions::logins> logins,
                                        std::optional<login>& out) -> boost::asio::awaitable<void> {
            auto made = co_await logins->begin(browser_binding(), login_request());
            out = made;
            co_await logins->wait(made);
        };
        boost::asio::co_spawn(boost::asio::make_strand(io), begin_and_wait(parts, begun), boost::asio::detached);
        const auto wait = [](std::shared_ptr<sessions::logins> logins,
                              std::optional<login>& of) -> boost::asio::awaitable<void> { co_await logins->wait(*of); };
        io.poll();
        REQUIRE(begun);
        for (int i = 0; i < 3; ++i)
            boost::asio::co_spawn(boost::asio::make_strand(io), wait(parts, begun), boost::asio::detached);
        provider->begins.hold();
        boost::asio::co_spawn(io, begin_and_wait(parts, begun), boost::asio::detached);
        provider->finishes.hold();
        boost::asio::co_spawn(io, parts->complete(logins_fixture::callback(*begun), begun->binding),
            [](const std::exception_ptr&, const login_outcome&) {});
        io.poll();
        CHECK(provider->finished == 1);
        // The session is destroyed before its context, with all of this pending; nothing runs any longer.
        parts->close();
        setup->work->cancel();
        parts.reset();
        clock->end();
        provider->begins.open();
        provider->finishes.open();
    }
    begun.reset();
}

namespace {

// A store that can be unavailable.
class faulty_store final : public store::login_store {
public:
    explicit faulty_store(std::shared_ptr<store::login_store> real) : real_(std::move(real)) {}

    bool down = false;
    bool returns_another = false; ///< Returns another login than the requested one.

    store::login_limits limits() const override { return real_->limits(); }
    boost::asio::awaitable<void> add(store::pending_login login) override
    {
        check();
        return real_->add(std::move(login));
    }
    boost::asio::awaitable<counts> count(store::browser_digest browser) override
    {
        check();
        return real_->count(browser);
    }
    boost::asio::awaitable<store::taken_login> take(store::login_id id, store::browser_digest browser) override
    {
        check();
        if (!returns_another) {
            auto taken = co_await real_->take(id, browser);
            co_return taken;
        }
        store::taken_login other(store::taken_login::status::taken);
        other.login.emplace(store::id_of_login("fake", "another"), secret("canary"), browser, "/");
        co_return other;
    }
    boost::asio::awaitable<void> end(store::login_id id, store::ended_login reached) override
    {
        check();
        return real_->end(id, std::move(reached));
    }
    std::shared_ptr<void> watch(watcher notified) override { return real_->watch(std::move(notified)); }
    boost::asio::awaitable<expiry> expire() override
    {
        check();
        return real_->expire();
    }

private:
    void check() const
    {
        if (down)
            throw error(errc::store_unavailable, "down");
    }

    std::shared_ptr<store::login_store> real_;
};

} // namespace

TEST_CASE("logins: an unavailable store fails begins and callbacks, and consumes nothing")
{
    logins_fixture f;
    auto faulty = std::make_shared<faulty_store>(f.setup->options.logins);
    f.setup->options.logins = faulty;
    const login begun = f.begin().value();
    const auto waiting = f.start(f.logins->wait(begun));
    faulty->down = true;
    CHECK(f.begin().error().reason() == errc::store_unavailable);
    CHECK(f.complete(begun).error().reason() == errc::store_unavailable);
    f.poll();
    CHECK_FALSE(waiting.done());

    SUBCASE("until it is back")
    {
        faulty->down = false;
        CHECK(f.status(begun) == login_status::granted);
        CHECK(waiting.value().value().status == login_status::granted);
    }
    SUBCASE("and waiters expire without it")
    {
        f.pass(10min);
        CHECK(waiting.value().value().status == login_status::expired);
        CHECK(f.logins->counts().expired == 0); // the store has not reported it yet
        faulty->down = false;
        f.pass(1s);
        CHECK(f.logins->counts().expired == 1);
    }
    CHECK(f.idle());
}

TEST_CASE("logins: a store that returns another login signs no user in")
{
    logins_fixture f;
    auto faulty = std::make_shared<faulty_store>(f.setup->options.logins);
    f.setup->options.logins = faulty;
    const login begun = f.begin().value();
    faulty->returns_another = true;
    CHECK(f.complete(begun).error().reason() == errc::store_unavailable);
    CHECK(f.provider->finished == 0);
}
