// The driver of the batcher with an echo_provider, and calls that wait.
#pragma once

#include "session/lookups/lookups.hpp"
#include "unit/coro/emission.hpp"
#include "unit/session/echo_provider.hpp"
#include "unit/session/manual_clock.hpp"

#include <coauth/coro/as_result.hpp>
#include <coauth/store/memory_store.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/this_coro.hpp>

#include <doctest/doctest.h>

#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace coauth::testing {

namespace asio = boost::asio;
using coauth::user_ref;

class lookups_fixture {
public:
    explicit lookups_fixture(session_options options = session_options())
    {
        options.clock = clock;
        options.chance = [] { return 0.25; };
        setup = std::make_shared<sessions::session_setup>(io.get_executor(), provider, std::move(options));
        tokens = std::make_shared<sessions::tokens>(setup);
        lookups = std::make_shared<sessions::lookups>(setup, tokens);
        lookups->start();
        add("ann");
        add("bob");
    }

    ~lookups_fixture()
    {
        destroy();
        clock->end();
    }

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
        setup->work->cancel();
        lookups.reset();
        tokens.reset();
        setup.reset();
    }

    // Until nothing is left to do; the clock advances while something waits for it.
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

    std::shared_ptr<manual_clock> clock = std::make_shared<manual_clock>();
    asio::io_context io;
    std::shared_ptr<echo_provider> provider = std::make_shared<echo_provider>();
    std::shared_ptr<const sessions::session_setup> setup;
    std::shared_ptr<sessions::tokens> tokens;
    std::shared_ptr<sessions::lookups> lookups;
};

// A coroutine that calls look_up, and the result.
class waiting_caller {
public:
    waiting_caller(lookups_fixture& fixture, std::string user_id, std::vector<user_ref> users)
        : user_id_(std::move(user_id)), users_(std::move(users))
    {
        asio::co_spawn(fixture.io, look_up(*this, fixture.lookups),
            asio::bind_cancellation_slot(signal.slot(), [this](std::exception_ptr e) {
                ++ended;
                if (e)
                    check_cancelled(e); // before it began
                emit_all_types(signal); // from within its own completion
            }));
    }

    bool has_right_results() const
    {
        if (!results)
            return false;
        for (std::size_t i = 0; i < users_.size(); ++i) {
            const auto& lookup = *(*results)[i];
            if (!lookup.profile || !echo_provider::is_echo(*lookup.profile, user_id_, users_[i]))
                return false;
        }
        return true;
    }

    // Exactly once, and with the right results or the typed error.
    void check_ended(bool may_be_cancelled)
    {
        CHECK(ended == 1);
        if (!may_be_cancelled) {
            CHECK(has_right_results());
            return;
        }
        CHECK((has_right_results() || cancelled));
    }

    asio::cancellation_signal signal;
    int ended = 0;
    bool cancelled = false;
    std::optional<std::vector<sessions::lookup_ptr>> results;
    std::vector<bool> reused;
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

    static asio::awaitable<void> look_up(waiting_caller& self, std::shared_ptr<sessions::lookups> lookups)
    {
        co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
        auto r = co_await as_result(lookups->look_up(self.user_id_, self.users_));
        if (r) {
            self.results = std::move(r->outcomes);
            self.reused = std::move(r->reused);
        } else
            self.failed = r.error();
        self.cancelled = !r && r.error().reason() == errc::cancelled;
    }

    std::string user_id_;
    std::vector<user_ref> users_;
};

inline error limited_for(std::chrono::seconds wait)
{
    return error(errc::rate_limited).with_retry_after(wait);
}

} // namespace coauth::testing
