// Who waits for a login: until its end, its deadline, or the session's.
#include "unit/session/logins/login_bench.hpp"

#include <boost/asio/strand.hpp>

using namespace std::chrono_literals;
using namespace coauth;
using testing::login_bench;

TEST_CASE("whoever waits at the deadline hears of it, and nothing stays behind")
{
    login_bench b;
    const login begun = b.begin(browser_binding(), "/from").value();
    const auto first = b.start(b.logins->wait(begun));
    const auto second = b.start(b.logins->wait(begun));
    b.pass(10min - 1ms);
    CHECK_FALSE(first.done());
    CHECK(b.clock->asleep() == 1);
    b.pass(1ms);
    CHECK(first.value().value().status == login_status::expired);
    CHECK(first.value().value().return_to == "/from");
    CHECK(second.value().value().status == login_status::expired);
    CHECK(b.run(b.logins->wait(begun)).value().status == login_status::expired);
    CHECK(b.logins->counts().expired == 1);
    CHECK(b.logins->counts().awaited == 0);
    CHECK(b.told == std::vector<std::string>{"begun", "expired"});
    CHECK(b.living() == 0);
    CHECK(b.idle());
}

TEST_CASE("logins that nobody waits for expire as well, with one alarm for all")
{
    login_bench b;
    for (int i = 0; i < 20; ++i) {
        REQUIRE(b.begin());
        b.pass(10ms);
        CHECK(b.clock->asleep() == 1);
    }
    b.pass(10min - 200ms);
    CHECK(b.logins->counts().expired == 1);
    b.pass(100ms);
    CHECK(b.logins->counts().expired == 11);
    b.pass(100ms);
    CHECK(b.logins->counts().expired == 20);
    CHECK(b.idle());
}

TEST_CASE("no alarm stays set when the last login was taken")
{
    login_bench b;
    const login first = b.begin().value();
    const login second = b.begin().value();
    CHECK(b.status(first) == login_status::granted);
    CHECK(b.clock->asleep() == 1);
    CHECK(b.status(second) == login_status::granted);
    CHECK(b.idle());
    // And it is set again for the next.
    const login third = b.begin().value();
    CHECK(b.clock->asleep() == 1);
    b.pass(10min);
    CHECK(b.logins->counts().expired == 1);
    CHECK(b.idle());
}

TEST_CASE("a login whose last leg is under way at the deadline is not expired")
{
    login_bench b;
    const login begun = b.begin().value();
    const auto waiting = b.start(b.logins->wait(begun));
    b.pass(10min - 1ms);
    b.provider->finishes.hold();
    const auto callback = b.start(b.logins->complete(b.callback(begun), begun.binding));
    b.pass(2s);
    CHECK_FALSE(waiting.done());
    CHECK_FALSE(callback.done());
    b.provider->finishes.open();
    b.poll();
    CHECK(waiting.value().value().status == login_status::granted);
    CHECK(callback.value().value().status == login_status::granted);
    CHECK(b.logins->counts().expired == 0);
    CHECK(b.idle());
}

TEST_CASE("whoever comes between the callback and its end, or after it, hears the same")
{
    login_bench b;
    const login begun = b.begin().value();
    b.provider->finishes.hold();
    const auto callback = b.start(b.logins->complete(b.callback(begun), begun.binding));
    b.poll();
    const auto between = b.start(b.logins->wait(begun));
    b.poll();
    CHECK_FALSE(between.done());
    b.provider->finishes.open();
    b.poll();
    CHECK(between.value().value().status == login_status::granted);
    b.pass(1h);
    CHECK(b.run(b.logins->wait(begun)).value().status == login_status::granted);
}

TEST_CASE("a last leg goes on when the callback's coroutine is cancelled")
{
    login_bench b;
    const login begun = b.begin().value();
    const auto waiting = b.start(b.logins->wait(begun));
    b.provider->finishes.hold();
    const auto callback = b.start(b.logins->complete(b.callback(begun), begun.binding));
    b.poll();
    callback.signal().emit(boost::asio::cancellation_type::terminal);
    b.poll();
    CHECK(callback.failure() == errc::cancelled);
    CHECK_FALSE(waiting.done());
    b.provider->finishes.open();
    b.poll();
    CHECK(waiting.value().value().status == login_status::granted);
    CHECK(b.kept.size() == 1);
}

TEST_CASE("a closed session refuses, resumes who waits, and lets legs end")
{
    login_bench b;
    const login begun = b.begin().value();
    const login other = b.begin().value();
    const auto waiting = b.start(b.logins->wait(begun));
    b.provider->finishes.hold();
    const auto callback = b.start(b.logins->complete(b.callback(begun), begun.binding));
    b.provider->begins.hold();
    const auto beginning = b.start(b.logins->begin(browser_binding(), login_request()));
    b.poll();
    b.logins->close();
    b.poll();
    CHECK(waiting.failure() == errc::cancelled);
    CHECK(waiting.value().error().message() == "the session is closed");
    CHECK(b.begin().error().reason() == errc::cancelled);
    CHECK(b.complete(other).error().reason() == errc::cancelled);
    CHECK(b.run(b.logins->wait(other)).error().reason() == errc::cancelled);
    CHECK_FALSE(callback.done());
    b.provider->finishes.open();
    b.provider->begins.open();
    b.poll();
    CHECK(callback.value().value().status == login_status::granted);
    CHECK(b.run(b.logins->wait(beginning.value().value())).error().reason() == errc::cancelled);
    CHECK(b.kept.size() == 1);
    CHECK(b.idle());
}

TEST_CASE("logins destroyed with legs under way: everybody hears of it")
{
    login_bench b;
    const login begun = b.begin().value();
    const auto waiting = b.start(b.logins->wait(begun));
    b.provider->finishes.hold();
    b.provider->begins.hold();
    const auto callback = b.start(b.logins->complete(b.callback(begun), begun.binding));
    const auto beginning = b.start(b.logins->begin(browser_binding(), login_request()));
    b.poll();
    b.destroy();
    b.poll();
    CHECK(waiting.failure() == errc::cancelled);
    CHECK(callback.failure() == errc::cancelled);
    CHECK(beginning.failure() == errc::cancelled);
    CHECK(b.idle());
}

TEST_CASE("a context destroyed with logins awaited and legs under way: nothing dangles")
{
    // Sanitizers watch.
    auto provider = std::make_shared<testing::fake_login_provider>();
    auto clock = std::make_shared<testing::manual_clock>();
    std::optional<login> begun;
    {
        boost::asio::io_context io;
        session_options options;
        options.clock = clock;
        options.callback = "oob";
        auto with = std::make_shared<sessions::setup>(io.get_executor(), provider, options);
        auto parts = std::make_shared<sessions::logins>(with, [](grant) -> boost::asio::awaitable<void> { co_return; });
        const auto life = [](std::shared_ptr<sessions::logins> in,
                              std::optional<login>& out) -> boost::asio::awaitable<void> {
            auto made = co_await in->begin(browser_binding(), login_request());
            out = made;
            co_await in->wait(made);
        };
        boost::asio::co_spawn(boost::asio::make_strand(io), life(parts, begun), boost::asio::detached);
        const auto wait = [](std::shared_ptr<sessions::logins> in,
                              std::optional<login>& of) -> boost::asio::awaitable<void> { co_await in->wait(*of); };
        io.poll();
        REQUIRE(begun);
        for (int i = 0; i < 3; ++i)
            boost::asio::co_spawn(boost::asio::make_strand(io), wait(parts, begun), boost::asio::detached);
        provider->begins.hold();
        boost::asio::co_spawn(io, life(parts, begun), boost::asio::detached);
        provider->finishes.hold();
        boost::asio::co_spawn(io, parts->complete(login_bench::callback(*begun), begun->binding),
            [](const std::exception_ptr&, const login_outcome&) {});
        io.poll();
        CHECK(provider->finished == 1);
        // The session goes before its context, in the midst of it all; nothing runs any more.
        parts->close();
        with->work->cancel();
        parts.reset();
        clock->end();
        provider->begins.open();
        provider->finishes.open();
    }
    begun.reset();
}

namespace {

// A store that can be out of reach.
class shaky_store final : public store::login_store {
public:
    explicit shaky_store(std::shared_ptr<store::login_store> real) : real_(std::move(real)) {}

    bool down = false;
    bool lies = false; ///< Gives a login that was not asked for.

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
    boost::asio::awaitable<std::optional<store::recent_login>> recent(
        store::browser_digest browser, std::string return_to, std::chrono::milliseconds age) override
    {
        check();
        return real_->recent(browser, std::move(return_to), age);
    }
    boost::asio::awaitable<store::taken_login> take(store::login_id id, store::browser_digest browser) override
    {
        check();
        if (!lies) {
            auto honest = co_await real_->take(id, browser);
            co_return honest;
        }
        store::taken_login other(store::taken_login::status::taken);
        other.login.emplace(oauth1::request_token("another", secret("s")), browser, "/");
        co_return other;
    }
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

TEST_CASE("a store out of reach fails begins and callbacks, and consumes nothing")
{
    login_bench b;
    auto shaky = std::make_shared<shaky_store>(b.with->options.logins);
    b.with->options.logins = shaky;
    const login begun = b.begin().value();
    const auto waiting = b.start(b.logins->wait(begun));
    shaky->down = true;
    CHECK(b.begin().error().reason() == errc::store_unavailable);
    CHECK(b.complete(begun).error().reason() == errc::store_unavailable);
    b.poll();
    CHECK_FALSE(waiting.done());

    SUBCASE("until it is back")
    {
        shaky->down = false;
        CHECK(b.status(begun) == login_status::granted);
        CHECK(waiting.value().value().status == login_status::granted);
    }
    SUBCASE("and who waits expires without it")
    {
        b.pass(10min);
        CHECK(waiting.value().value().status == login_status::expired);
        CHECK(b.logins->counts().expired == 0); // the store has not said so yet
        shaky->down = false;
        b.pass(1s);
        CHECK(b.logins->counts().expired == 1);
    }
    CHECK(b.idle());
}

TEST_CASE("a store that gives another login signs nobody in")
{
    login_bench b;
    auto shaky = std::make_shared<shaky_store>(b.with->options.logins);
    b.with->options.logins = shaky;
    const login begun = b.begin().value();
    shaky->lies = true;
    CHECK(b.complete(begun).error().reason() == errc::store_unavailable);
    CHECK(b.provider->finished == 0);
}
