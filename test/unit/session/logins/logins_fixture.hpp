// The logins of a session on their own, with a fake provider and a manual clock.
#pragma once

#include "session/logins/logins.hpp"
#include "unit/coro/emission.hpp"
#include "unit/session/logins/fake_login_provider.hpp"
#include "unit/session/manual_clock.hpp"

#include <coauth/coro/as_result.hpp>
#include <coauth/store/memory_store.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/this_coro.hpp>

#include <doctest/doctest.h>

#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace coauth::testing {

/// The result of an operation, once it has ended.
template <class T>
class promised {
public:
    bool done() const { return times() != 0; }
    int times() const { return *times_; }
    const result<T>& value() const
    {
        REQUIRE(*times_ == 1);
        return **out_;
    }
    errc failure() const
    {
        REQUIRE_FALSE(value());
        return value().error().reason();
    }

    boost::asio::cancellation_signal& signal() const { return *signal_; }

    std::shared_ptr<int> times_ = std::make_shared<int>(0);
    std::shared_ptr<std::optional<result<T>>> out_ = std::make_shared<std::optional<result<T>>>();
    std::shared_ptr<boost::asio::cancellation_signal> signal_ = std::make_shared<boost::asio::cancellation_signal>();
};

// Stores the result itself, for `co_spawn` would need a default-constructed login.
template <class T>
boost::asio::awaitable<void> keep_result(boost::asio::awaitable<T> op, std::shared_ptr<std::optional<result<T>>> out)
{
    co_await boost::asio::this_coro::reset_cancellation_state(boost::asio::enable_total_cancellation());
    co_await boost::asio::this_coro::throw_if_cancelled(false);
    result<T> r = co_await as_result(std::move(op));
    out->emplace(std::move(r));
}

class logins_fixture {
public:
    explicit logins_fixture(session_options options = session_options())
    {
        options.clock = clock;
        if (options.callback.empty())
            options.callback = "https://app.example/callback";
        options.on_event = [this](const session_event& e) {
            const std::lock_guard lock(mutex);
            events.push_back(std::string(e.status ? name(*e.status)
                                         : e.why  ? name(*e.why)
                                                  : "begun") +
                             (e.user_id.empty() ? "" : " " + e.user_id));
        };
        setup = std::make_shared<sessions::session_setup>(io.get_executor(), provider, std::move(options));
        logins = std::make_shared<sessions::logins>(
            setup, [this](std::string user_id, credential held) { return keep(std::move(user_id), std::move(held)); });
    }
    ~logins_fixture()
    {
        destroy();
        clock->end();
    }

    // As the session's destructor does.
    void destroy()
    {
        if (logins)
            logins->close();
        setup->work->cancel();
        logins.reset();
    }

    boost::asio::awaitable<void> keep(std::string user_id, credential held)
    {
        if (keep_fails)
            throw *keep_fails;
        const std::lock_guard lock(mutex);
        kept.push_back(user_id + " " + std::string(held.text().reveal()));
        co_return;
    }

    template <class T>
    promised<T> start(boost::asio::awaitable<T> op)
    {
        promised<T> p;
        auto done = [times = p.times_, signal = p.signal_](const std::exception_ptr& e) {
            CHECK(e == nullptr);
            ++*times;
            emit_all_types(*signal); // from within its own completion
        };
        boost::asio::co_spawn(io, keep_result(std::move(op), p.out_),
            boost::asio::bind_cancellation_slot(p.signal_->slot(), std::move(done)));
        return p;
    }

    /// Runs all that can run without time passing.
    void poll()
    {
        io.restart();
        io.poll();
    }
    bool step()
    {
        io.restart();
        return io.poll_one() != 0;
    }
    void pass(std::chrono::milliseconds time)
    {
        poll();
        clock->advance(time);
        poll();
    }

    template <class T>
    result<T> run(boost::asio::awaitable<T> op)
    {
        const auto p = start(std::move(op));
        poll();
        return p.value();
    }

    result<login> begin(const browser_binding& present = browser_binding(), const std::string& return_to = "/")
    {
        login_request request;
        request.return_to = return_to;
        return run(logins->begin(present, std::move(request)));
    }
    static std::string token_of(const login& begun) { return begun.url.substr(begun.url.find('=') + 1); }
    static std::string callback(const login& begun, const std::string& verifier = "v")
    {
        return "oauth_token=" + token_of(begun) + "&oauth_verifier=" + verifier;
    }
    result<login_outcome> complete(const login& begun) { return complete(begun, begun.binding); }
    result<login_outcome> complete(const login& begun, const browser_binding& present)
    {
        return run(logins->complete(callback(begun), present));
    }
    login_status status(const login& begun) { return complete(begun).value().status; }

    std::size_t pending() { return run(setup->options.logins->count(store::browser_digest())).value().living; }
    /// True if nothing keeps the context busy: no coroutine waits, and no alarm is set.
    bool idle()
    {
        poll();
        return io.stopped() && clock->sleepers() == 0;
    }

    std::shared_ptr<manual_clock> clock = std::make_shared<manual_clock>();
    std::shared_ptr<fake_login_provider> provider = std::make_shared<fake_login_provider>();
    std::optional<error> keep_fails;
    std::mutex mutex;
    std::vector<std::string> kept;
    std::vector<std::string> events;
    boost::asio::io_context io;
    std::shared_ptr<sessions::session_setup> setup;
    std::shared_ptr<sessions::logins> logins;
};

} // namespace coauth::testing
