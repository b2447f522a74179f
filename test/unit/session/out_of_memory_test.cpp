// Each allocation in turn fails: every call ends, nothing is held, and the next calls work.
#include "allocation_failure.hpp"
#include "every.hpp"
#include "unit/session/echo_provider.hpp"
#include "unit/session/manual_clock.hpp"

#include <coauth/session/session.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

#include <doctest/doctest.h>

#include <cstdlib>
#include <exception>
#include <functional>
#include <memory>
#include <new>
#include <optional>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace asio = boost::asio;
using namespace coauth;
using namespace std::chrono_literals;
using coauth::user_ref;
using coauth::testing::allocations_until_failure;
using coauth::testing::echo_provider;
using coauth::testing::manual_clock;

namespace {

// The end of a call. Asio destroys a coroutine with its handler if its own allocation fails.
struct memory_call {
    bool ended = false;
    bool untyped = false; ///< Its exception was neither a `coauth::error` nor `std::bad_alloc`.
    asio::cancellation_signal signal;
};

class memory_handler {
public:
    explicit memory_handler(std::shared_ptr<memory_call> call) : call_(std::move(call)) {}
    memory_handler(memory_handler&&) noexcept = default;
    memory_handler& operator=(memory_handler&&) = delete;
    ~memory_handler()
    {
        if (call_)
            call_->ended = true;
    }

    void operator()(const std::exception_ptr& e)
    {
        call_->ended = true;
        if (!e)
            return;
        try {
            std::rethrow_exception(e);
        } catch (const error&) {
        } catch (const std::bad_alloc&) {
        } catch (const boost::system::system_error& problem) {
            call_->untyped = problem.code() != asio::error::operation_aborted; // before it began
        } catch (...) {
            call_->untyped = true;
        }
    }

private:
    std::shared_ptr<memory_call> call_;
};

// A lack of memory must not fail a name.
template <class T>
void check_no_name_failed(const T& value)
{
    if constexpr (std::is_same_v<T, coauth::lookups>)
        for (const coauth::lookup& each : value.outcomes)
            if (each.why && each.why->reason() != errc::invalid_argument)
                throw std::logic_error("a name failed");
}

template <class T>
asio::awaitable<void> without_value(asio::awaitable<T> op)
{
    co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
    if constexpr (std::is_void_v<T>) {
        co_await std::move(op);
    } else {
        T value = co_await std::move(op);
        check_no_name_failed(value);
    }
}

asio::awaitable<void> begin_into(session& on, std::optional<login>& into)
{
    login begun = co_await on.begin_login(browser_binding());
    into.emplace(std::move(begun));
}

// A session with one user, one login that has begun, and a clock that advances when nothing else is left to do.
class memory_fixture {
public:
    memory_fixture()
    {
        session_options options;
        options.clock = clock;
        options.callback = "https://app.example/callback";
        options.on_event = [](const session_event&) {};
        options.chance = [] { return 0.25; };
        sut = std::make_unique<session>(io.get_executor(), provider, std::move(options));
        start(sut->add_user("ann", echo_provider::token_of("ann")));
        start(begin_into(*sut, begun));
        poll();
        REQUIRE(begun);
    }
    ~memory_fixture()
    {
        sut.reset();
        poll();
        clock->end();
        poll();
    }

    template <class T>
    std::shared_ptr<memory_call> start(asio::awaitable<T> op)
    {
        auto call = std::make_shared<memory_call>();
        asio::co_spawn(
            io, without_value(std::move(op)), asio::bind_cancellation_slot(call->signal.slot(), memory_handler(call)));
        calls.push_back(call);
        return call;
    }

    void poll()
    {
        for (;;) {
            try {
                io.restart();
                if (io.poll() == 0)
                    return;
            } catch (const std::bad_alloc&) {
                ++left_run; // Asio's own
            }
        }
    }

    // Until nothing is left to do; the clock advances while something waits for it.
    void run()
    {
        for (;;) {
            poll();
            const auto next = clock->until_next();
            if (!next)
                return;
            const auto left = std::exchange(allocations_until_failure, 0); // the clock is the test's own
            clock->advance(*next);
            allocations_until_failure = left;
        }
    }

    std::string callback() const
    {
        return "oauth_token=" + begun->url.substr(begun->url.find('=') + 1) + "&oauth_verifier=ann";
    }

    // Nothing is held, and new calls work.
    void check_clean()
    {
        for (const auto& call : calls) {
            CHECK(call->ended);
            CHECK_FALSE(call->untyped);
        }
        const session_stats stats = sut->stats();
        CHECK(stats.lookups.waiting == 0);
        CHECK(stats.lookups.in_flight == 0);
        CHECK(stats.logins.awaited == 0);
        CHECK(clock->sleepers() == 0);

        provider->fails = nullptr;
        int found = 0;
        const auto look_up = [](session& on, int& count) -> asio::awaitable<void> {
            co_await on.add_user("ann", echo_provider::token_of("ann"));
            for (const char* name : {"jack", "jill", "someone_else"}) {
                const coauth::profile profile = co_await on.profile("ann", name);
                count += profile.username == name;
            }
            const login fresh = co_await on.begin_login(browser_binding());
            std::string query = "oauth_token=" + fresh.url.substr(fresh.url.find('=') + 1) + "&oauth_verifier=bob";
            const login_outcome outcome = co_await on.complete_login(std::move(query), fresh.binding);
            count += outcome.status == login_status::granted;
            const login_outcome awaited = co_await on.wait(fresh);
            count += awaited.status == login_status::granted;
        };
        const auto last = start(look_up(*sut, found));
        run();
        CHECK(last->ended);
        CHECK(found == 5);
    }

    std::shared_ptr<manual_clock> clock = std::make_shared<manual_clock>();
    std::shared_ptr<echo_provider> provider = std::make_shared<echo_provider>();
    asio::io_context io;
    std::unique_ptr<session> sut;
    std::optional<login> begun;
    std::vector<std::shared_ptr<memory_call>> calls;
    int left_run = 0;
};

struct memory_scenario {
    const char* name;
    std::function<void(memory_fixture&)> prepare;
    std::function<void(memory_fixture&)> act;
};

void nothing(memory_fixture&)
{}

std::vector<memory_scenario> memory_scenarios()
{
    using fixture = memory_fixture;
    const auto names = [](std::initializer_list<const char*> list) {
        return std::vector<user_ref>(list.begin(), list.end());
    };
    const auto long_name = "fourteen_chars";
    return {
        {"profile", nothing, [](fixture& f) { f.start(f.sut->profile("ann", "jack")); }},
        {"profile, cached",
            [](fixture& f) {
                f.start(f.sut->profile("ann", "jack"));
                f.run();
            },
            [](fixture& f) { f.start(f.sut->profile("ann", "jack")); }},
        {"profile, joined", nothing,
            [](fixture& f) {
                f.start(f.sut->profile("ann", "jack"));
                f.start(f.sut->profile("ann", "JACK"));
            }},
        {"profile, batched", nothing,
            [long_name](fixture& f) {
                f.start(f.sut->profile("ann", "jack"));
                f.start(f.sut->profile("ann", user_ref::id("12345678901234567")));
                f.start(f.sut->profile("ann", long_name));
            }},
        {"profile, limited",
            [](fixture& f) {
                f.provider->fails = [](std::size_t number) {
                    if (number == 1)
                        throw error(errc::rate_limited).with_retry_after(30s);
                };
            },
            [](fixture& f) {
                f.start(f.sut->profile("ann", "jack"));
                f.start(f.sut->profile("ann", "jill"));
            }},
        {"profile, revoked",
            [](fixture& f) {
                f.provider->fails = [](std::size_t number) {
                    if (number == 1)
                        throw error(errc::token_revoked);
                };
            },
            [](fixture& f) {
                f.start(f.sut->profile("ann", "jack"));
                f.start(f.sut->profile("ann", "jill"));
            }},
        {"profile, given up",
            [](fixture& f) { f.provider->fails = [](std::size_t) { throw error(errc::connection_lost); }; },
            [names](fixture& f) {
                f.start(f.sut->profile("ann", "jack"));
                f.start(f.sut->profiles("ann", names({"jill", "joe"})));
            }},
        {"profiles, given up for one name",
            [](fixture& f) {
                f.provider->fails = [&f](std::size_t number) {
                    const std::vector<user_ref> users = f.provider->requests()[number - 1].users;
                    for (const user_ref& user : users)
                        if (user.text() == "joe")
                            throw error(errc::connection_lost);
                };
            },
            [](fixture& f) { f.start(f.sut->profile("ann", "joe")); }},
        {"profile, cancelled", nothing,
            [](fixture& f) {
                const auto call = f.start(f.sut->profile("ann", user_ref::id("12345678901234567")));
                f.start(f.sut->profile("ann", "jill"));
                asio::post(f.io, [call] { call->signal.emit(asio::cancellation_type::total); });
            }},
        {"profiles", nothing,
            [names](fixture& f) {
                f.start(f.sut->profiles("ann", names({"jack", "no such name", "missing", "jill"})));
            }},
        {"begin_login", nothing, [](fixture& f) { f.start(f.sut->begin_login(browser_binding())); }},
        {"begin_login, shared", nothing,
            [](fixture& f) {
                f.start(f.sut->begin_login(f.begun->binding));
                f.start(f.sut->begin_login(f.begun->binding));
            }},
        {"wait", nothing,
            [](fixture& f) {
                f.start(f.sut->wait(*f.begun));
                f.start(f.sut->complete_login(f.callback(), f.begun->binding));
            }},
        {"wait, expired", nothing,
            [](fixture& f) {
                f.start(f.sut->wait(*f.begun));
                f.start(f.sut->wait(*f.begun));
            }},
        {"wait, cancelled", nothing,
            [](fixture& f) {
                const auto call = f.start(f.sut->wait(*f.begun));
                asio::post(f.io, [call] {
                    call->signal.emit(asio::cancellation_type::terminal);
                    call->signal.emit(asio::cancellation_type::partial);
                });
            }},
        {"complete_login", nothing, [](fixture& f) { f.start(f.sut->complete_login(f.callback(), f.begun->binding)); }},
        {"complete_login, twice", nothing,
            [](fixture& f) {
                f.start(f.sut->complete_login(f.callback(), f.begun->binding));
                f.start(f.sut->complete_login(f.callback(), f.begun->binding));
            }},
        {"sign_out", nothing, [](fixture& f) { f.start(f.sut->sign_out("ann", session::at_provider::revoke)); }},
        {"sign_out, while a lookup waits", nothing,
            [](fixture& f) {
                f.start(f.sut->profile("ann", "jack"));
                f.start(f.sut->sign_out("ann"));
            }},
        {"me", nothing, [](fixture& f) { f.start(f.sut->me("ann")); }},
        {"call, three at once and a lookup", nothing,
            [](fixture& f) {
                for (int i = 0; i < 3; ++i)
                    f.start(f.sut->call("ann", http::request(), "tweets"));
                f.start(f.sut->profile("ann", "jack"));
            }},
        {"add_user", nothing, [](fixture& f) { f.start(f.sut->add_user("bob", echo_provider::token_of("bob"))); }},
        {"close", [](fixture& f) { f.start(f.sut->profile("ann", "jack")); },
            [](fixture& f) {
                f.start(f.sut->wait(*f.begun));
                f.sut.reset();
            }},
    };
}

// Lets allocation `number` of the scenario fail. Returns whether there was one.
bool play(const memory_scenario& scenario, std::size_t number)
{
    const std::string played = scenario.name + (", allocation " + std::to_string(number));
    CAPTURE(played);
    memory_fixture fixture;
    scenario.prepare(fixture);
    fixture.calls.clear();
    allocations_until_failure = number;
    try {
        scenario.act(fixture);
    } catch (const std::bad_alloc&) {
        // A call that could not begin.
    }
    fixture.run();
    const bool failed = allocations_until_failure == 0;
    allocations_until_failure = 0;
    fixture.run();
    if (fixture.sut)
        fixture.check_clean();
    for (const auto& call : fixture.calls) {
        CHECK(call->ended);
        CHECK_FALSE(call->untyped);
    }
    return failed;
}

} // namespace

TEST_CASE("session: whichever allocation fails, every call ends, nothing is held, and the next calls work")
{
    for (const memory_scenario& scenario : memory_scenarios()) {
        std::size_t number = 1;
        while (play(scenario, number))
            number += testing::test_every();
        CHECK(number > 3);
    }
}
