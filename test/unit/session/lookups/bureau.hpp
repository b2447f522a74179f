// The desk's driver with an echo at the other end, and parties who ask.
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
using twitter::user_ref;

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

    ~bureau()
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

    std::shared_ptr<manual_clock> clock = std::make_shared<manual_clock>();
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
                emit_all_types(signal); // from within its own completion
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

    static asio::awaitable<void> ask(party& self, std::shared_ptr<sessions::lookups> desk)
    {
        co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
        auto r = co_await as_result(desk->ask(self.user_id_, self.who_));
        if (r) {
            self.answers = std::move(r->outcomes);
            self.reused = std::move(r->reused);
        } else
            self.failed = r.error();
        self.cancelled = !r && r.error().reason() == errc::cancelled;
    }

    std::string user_id_;
    std::vector<user_ref> who_;
};

inline error limited_for(std::chrono::seconds wait)
{
    return error(errc::rate_limited).with_retry_after(wait);
}

} // namespace coauth::testing
