// The desk's driver: who waits is woken once, with their own answer, whatever is cancelled or destroyed.
#include "session/lookups.hpp"
#include "unit/session/echo_provider.hpp"
#include "unit/session/manual_clock.hpp"

#include <coauth/coro/as_result.hpp>
#include <coauth/store/memory_store.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/this_coro.hpp>

#include <doctest/doctest.h>

namespace asio = boost::asio;
using namespace std::chrono_literals;
using namespace coauth;
using testing::echo_provider;
using twitter::user_ref;

namespace {

class bureau {
public:
    explicit bureau(session_options options = session_options())
    {
        options.clock = clock;
        options.chance = [] { return 0.25; };
        with = std::make_shared<sessions::setup>(io.get_executor(), provider, std::move(options));
        tokens = std::make_shared<sessions::tokens>(with);
        lookups = std::make_shared<sessions::lookups>(with, tokens);
        lookups->start();
        add("ann");
        add("bob");
    }

    ~bureau() { destroy(); }

    void add(const char* user_id)
    {
        asio::co_spawn(io, tokens->put(user_id, echo_provider::token_of(user_id)),
            [](std::exception_ptr e) { CHECK(e == nullptr); });
        run();
    }

    // As the session's destructor does.
    void destroy()
    {
        if (!lookups)
            return;
        lookups->abort();
        with->work->cancel();
        lookups.reset();
        tokens.reset();
        with.reset();
    }

    // Until nothing is left to do; time passes where something waits for it.
    void run()
    {
        for (;;) {
            io.restart();
            if (io.poll_one() != 0)
                continue;
            const auto next = clock->until_next();
            if (!next)
                break;
            clock->advance(*next);
        }
    }

    // Returns whether there was a step.
    bool step()
    {
        io.restart();
        if (io.poll_one() != 0)
            return true;
        const auto next = clock->until_next();
        if (!next)
            return false;
        clock->advance(*next);
        return true;
    }

    std::shared_ptr<testing::manual_clock> clock = std::make_shared<testing::manual_clock>();
    asio::io_context io;
    std::shared_ptr<echo_provider> provider = std::make_shared<echo_provider>();
    std::shared_ptr<const sessions::setup> with;
    std::shared_ptr<sessions::tokens> tokens;
    std::shared_ptr<sessions::lookups> lookups;
};

// One who asks, and what came of it.
class party {
public:
    party(bureau& at, std::string user_id, std::vector<user_ref> who)
        : user_id_(std::move(user_id)), who_(std::move(who))
    {
        asio::co_spawn(
            at.io, ask(*this, at.lookups), asio::bind_cancellation_slot(signal.slot(), [this](std::exception_ptr e) {
                ++ended;
                if (e)
                    check_cancelled(e); // before it began
            }));
    }

    bool answered_right() const
    {
        if (!answers)
            return false;
        for (std::size_t i = 0; i < who_.size(); ++i) {
            const auto& one = *(*answers)[i];
            if (!one.profile || !echo_provider::is_echo(*one.profile, user_id_, who_[i]))
                return false;
        }
        return true;
    }

    // Exactly once, and with the right answer or the typed error.
    void check_ended(bool may_be_cancelled)
    {
        CHECK(ended == 1);
        if (!may_be_cancelled) {
            CHECK(answered_right());
            return;
        }
        CHECK((answered_right() || cancelled));
    }

    asio::cancellation_signal signal;
    int ended = 0;
    bool cancelled = false;
    std::optional<std::vector<sessions::answer>> answers;
    std::optional<error> failed;

private:
    void check_cancelled(const std::exception_ptr& e)
    {
        try {
            std::rethrow_exception(e);
        } catch (const boost::system::system_error& problem) {
            CHECK(problem.code() == asio::error::operation_aborted);
            cancelled = true;
        }
    }

    static asio::awaitable<void> ask(party& self, std::shared_ptr<sessions::lookups> desk)
    {
        co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
        auto r = co_await as_result(desk->ask(self.user_id_, self.who_));
        if (r)
            self.answers = std::move(*r);
        else
            self.failed = r.error();
        self.cancelled = !r && r.error().reason() == errc::cancelled;
    }

    std::string user_id_;
    std::vector<user_ref> who_;
};

error limited_for(std::chrono::seconds wait)
{
    return error(errc::rate_limited).with_retry_after(wait);
}

} // namespace

TEST_CASE("a thousand lookups of ten people are ten names in one request, and two people's are two requests")
{
    bureau b;
    std::vector<std::unique_ptr<party>> all;
    for (int i = 0; i < 1000; ++i)
        all.push_back(std::make_unique<party>(
            b, i % 2 == 0 ? "ann" : "bob", std::vector<user_ref>{"n" + std::to_string(i / 2 % 10)}));
    b.run();
    for (const auto& one : all)
        one->check_ended(false);
    REQUIRE(b.provider->count() == 2);
    for (const auto& request : b.provider->requests())
        CHECK(request.who.size() == 10);
    CHECK(b.lookups->counts().asked == 1000);
    CHECK(b.lookups->counts().joined == 980);
}

TEST_CASE("no added latency: a lone question is sent in the turn after it was asked")
{
    bureau b;
    party one(b, "ann", {"jack"});
    std::size_t steps = 0;
    while (b.provider->count() == 0 && b.step())
        ++steps;
    CHECK(steps <= 4);
    CHECK(b.clock->asleep() == 0);
    b.run();
}

TEST_CASE("whoever has no token is unknown, at once")
{
    bureau b;
    party one(b, "nobody", {"jack"});
    b.run();
    CHECK(one.failed->reason() == errc::unknown_user);
    CHECK(b.provider->count() == 0);
}

TEST_CASE("what is no name or id fails for itself alone")
{
    bureau b;
    party one(b, "ann", {"jack", "no name", user_ref::id("007"), "jill"});
    b.run();
    REQUIRE(one.answers);
    CHECK((*one.answers)[0]->profile);
    CHECK((*one.answers)[1]->why->reason() == errc::invalid_argument);
    CHECK((*one.answers)[2]->why->reason() == errc::invalid_argument);
    CHECK((*one.answers)[3]->profile);
}

TEST_CASE("a refused token is dropped and reported once, and is unknown after that")
{
    bureau b;
    b.provider->fails = [](std::size_t) { throw error(errc::token_revoked); };
    party one(b, "ann", {"jack"});
    b.run();
    REQUIRE(one.answers);
    CHECK((*one.answers)[0]->why->reason() == errc::token_revoked);
    party again(b, "ann", {"jack"});
    b.run();
    CHECK(again.failed->reason() == errc::unknown_user);
    CHECK(b.provider->count() == 1);

    b.provider->fails = {};
    b.add("ann");
    party back(b, "ann", {"jack"});
    b.run();
    back.check_ended(false);
}

TEST_CASE("whatever a provider throws becomes a typed error of its askers")
{
    bureau b;
    b.provider->fails = [](std::size_t) { throw std::runtime_error("surprise"); };
    party one(b, "ann", {"jack"});
    b.run();
    REQUIRE(one.answers);
    CHECK((*one.answers)[0]->why->reason() == errc::provider_error);
}

namespace {

// A leader, a follower who joins before the request is sent, another batch member, and one who joins
// while it is on the wire; a second person beside them. With `limited` the first request meets a rate
// limit, so that they wait for a reset as well.
struct scene {
    explicit scene(bool limited) : limited(limited)
    {
        at.provider->turns = 3;
        if (limited)
            at.provider->fails = [](std::size_t number) {
                if (number == 1)
                    throw limited_for(30s);
            };
        ask("ann", "jack");
        ask("ann", "Jack");
        ask("ann", "jill");
        ask("bob", "jack");
    }

    void ask(const char* user_id, const char* who)
    {
        parties.push_back(std::make_unique<party>(at, user_id, std::vector<user_ref>{who}));
    }

    // Returns the number of steps it took. `before` is called before each.
    std::size_t play(const std::function<void(std::size_t)>& before)
    {
        std::size_t k = 0;
        bool late_joined = false;
        for (;; ++k) {
            before(k);
            if (!late_joined && at.provider->count() != 0 && at.lookups) {
                late_joined = true;
                ask("ann", "JACK");
            }
            if (!at.step())
                return k;
        }
    }

    // The next three questions get their own answers, and no alarm is left.
    void check_clean()
    {
        CHECK(at.clock->asleep() == 0);
        for (const char* who : {"jack", "joe", "jill"}) {
            party next(at, "ann", {who});
            at.run();
            next.check_ended(false);
        }
        CHECK(at.lookups->counts().waiting == 0);
        CHECK(at.lookups->counts().under_way == 0);
    }

    bool limited;
    bureau at;
    std::vector<std::unique_ptr<party>> parties;
};

} // namespace

TEST_CASE("cancelling anyone at any step, by any type, ends them once and harms nobody else")
{
    std::size_t cancelled = 0;
    for (const bool limited : {false, true}) {
        const std::size_t steps = scene(limited).play([](std::size_t) {});
        REQUIRE(steps > 10);
        for (const auto type :
            {asio::cancellation_type::terminal, asio::cancellation_type::partial, asio::cancellation_type::total})
            for (std::size_t victim = 0; victim < 5; ++victim)
                for (std::size_t k = 0; k <= steps; ++k) {
                    scene s(limited);
                    s.play([&](std::size_t at) {
                        if (at == k && victim < s.parties.size())
                            s.parties[victim]->signal.emit(type);
                    });
                    for (std::size_t i = 0; i < s.parties.size(); ++i)
                        s.parties[i]->check_ended(i == victim);
                    cancelled += victim < s.parties.size() && s.parties[victim]->cancelled;
                    s.check_clean();
                }
    }
    CHECK(cancelled > 100);
}

TEST_CASE("cancelling two at any two steps harms nobody else")
{
    const std::size_t steps = scene(true).play([](std::size_t) {});
    for (std::size_t j = 0; j <= steps; ++j)
        for (std::size_t k = j; k <= steps; ++k) {
            scene s(true);
            s.play([&](std::size_t at) {
                if (at == j)
                    s.parties[0]->signal.emit(asio::cancellation_type::terminal);
                if (at == k)
                    s.parties[1]->signal.emit(asio::cancellation_type::terminal);
            });
            for (std::size_t i = 0; i < s.parties.size(); ++i)
                s.parties[i]->check_ended(i < 2);
            s.check_clean();
        }
}

TEST_CASE("destroyed at any step, every call ends once, with its answer or a typed error")
{
    for (const bool limited : {false, true}) {
        const std::size_t steps = scene(limited).play([](std::size_t) {});
        for (std::size_t k = 0; k <= steps; ++k) {
            scene s(limited);
            s.play([&](std::size_t at) {
                if (at == k)
                    s.at.destroy();
            });
            for (const auto& one : s.parties)
                one->check_ended(true);
            CHECK(s.at.clock->asleep() == 0);
        }
    }
}

TEST_CASE("closed at any step, what is on the wire ends and everything else is cancelled")
{
    for (const bool limited : {false, true}) {
        const std::size_t steps = scene(limited).play([](std::size_t) {});
        for (std::size_t k = 0; k <= steps; ++k) {
            scene s(limited);
            bool drained = false;
            s.play([&](std::size_t at) {
                if (at != k)
                    return;
                s.at.lookups->close();
                asio::co_spawn(s.at.io, s.at.with->work->drained(), [&](std::exception_ptr) { drained = true; });
            });
            for (const auto& one : s.parties) {
                CHECK(one->ended == 1);
                if (one->answered_right() || one->cancelled)
                    continue;
                REQUIRE(one->answers); // refused for a limit after the close, and not sent again
                CHECK((*one->answers)[0]->why->reason() == errc::rate_limited);
            }
            CHECK(drained);
            party late(s.at, "ann", {"jack"});
            s.at.run();
            CHECK(late.cancelled);
        }
    }
}

TEST_CASE("whoever waits is dropped with the context, without a trace")
{
    bureau b;
    b.provider->turns = 5;
    party one(b, "ann", {"jack"});
    for (int i = 0; i < 4; ++i)
        b.step();
    b.destroy(); // the session goes first; then the context, with its coroutines where they are
}
