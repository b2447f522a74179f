// A session whose stores, provider and clock throw what a test says.
#pragma once

#include "unit/session/throwing_classes.hpp"

#include <coauth/session/session.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <doctest/doctest.h>

#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace coauth::testing {

// How a call ended.
struct user_class_call {
    int completions = 0;
    bool untyped = false;
    std::optional<error> failure;
};

template <class T>
asio::awaitable<void> dropping_value(asio::awaitable<T> op)
{
    if constexpr (std::is_void_v<T>) {
        co_await std::move(op);
    } else {
        T value = co_await std::move(op);
        static_cast<void>(value);
    }
}

inline asio::awaitable<void> begin_for_test(session& on, std::optional<login>& into)
{
    login begun = co_await on.begin_login(browser_binding());
    into.emplace(std::move(begun));
}

class user_class_fixture {
public:
    user_class_fixture()
    {
        options.clock = std::make_shared<throwing_clock>(clock, fault);
        options.callback = "https://app.example/callback";
        options.logins =
            std::make_shared<throwing_login_store>(store::memory_login_store(options.login_limits, clock), fault);
        options.tokens = std::make_shared<throwing_token_store>(store::memory_token_store(), fault);
        options.on_event = [fault = fault](const session_event&) { fault->plainly("on_event"); };
        options.chance = [fault = fault] {
            fault->plainly("chance");
            return 0.25;
        };
        // Every token is read from the store again.
        options.max_cached_tokens = 1;
        provider->echo->clock = clock;
        sut = std::make_unique<session>(io.get_executor(), provider, options);
        start(sut->add_user("ann", echo_provider::token_of("ann")));
        start(sut->add_user("bob", echo_provider::token_of("bob")));
        start(begin_for_test(*sut, begun));
        run();
        calls.clear();
        REQUIRE(begun);
    }
    ~user_class_fixture()
    {
        sut.reset();
        poll();
        clock->end();
        poll();
    }

    template <class T>
    std::shared_ptr<user_class_call> start(asio::awaitable<T> op)
    {
        auto call = std::make_shared<user_class_call>();
        calls.push_back(call);
        asio::co_spawn(io, dropping_value(std::move(op)), [call](const std::exception_ptr& e) {
            ++call->completions;
            if (!e)
                return;
            try {
                std::rethrow_exception(e);
            } catch (const error& problem) {
                call->failure = problem;
            } catch (...) {
                call->untyped = true;
            }
        });
        return call;
    }

    // Nothing may leave the context.
    void poll()
    {
        io.restart();
        CHECK_NOTHROW(io.poll());
    }

    void run()
    {
        poll();
        for (int turns = 0; turns < 20 && unfinished(); ++turns) {
            const auto next = clock->until_next();
            if (!next)
                return;
            clock->advance(*next);
            poll();
        }
    }

    bool unfinished() const
    {
        for (const auto& call : calls)
            if (call->completions == 0)
                return true;
        return false;
    }

    std::string callback(const char* user = "ann") const
    {
        return "oauth_token=" + begun->url.substr(begun->url.find('=') + 1) + "&oauth_verifier=" + user;
    }

    void check_next_calls()
    {
        fault->method.clear();
        provider->echo->fails = nullptr;
        calls.clear();
        start(sut->add_user("ann", echo_provider::token_of("ann")));
        run();
        std::optional<login> next;
        start(begin_for_test(*sut, next));
        run();
        REQUIRE(next);
        begun = next;
        start(sut->wait(*begun));
        start(sut->complete_login(callback(), begun->binding));
        start(sut->profile("ann", "jack"));
        start(sut->profiles("ann", std::vector<coauth::user_ref>(1, "jill")));
        run();
        for (const auto& call : calls) {
            CHECK(call->completions == 1);
            CHECK_FALSE(call->untyped);
            CHECK_FALSE(call->failure);
        }
        const session_stats stats = sut->stats();
        CHECK(stats.lookups.waiting == 0);
        CHECK(stats.lookups.in_flight == 0);
        CHECK(stats.logins.awaited == 0);
    }

    std::shared_ptr<thrower> fault = std::make_shared<thrower>();
    std::shared_ptr<manual_clock> clock = std::make_shared<manual_clock>();
    std::shared_ptr<throwing_provider> provider = std::make_shared<throwing_provider>(fault);
    session_options options;
    asio::io_context io;
    std::unique_ptr<session> sut;
    std::optional<login> begun;
    std::vector<std::shared_ptr<user_class_call>> calls;
};

} // namespace coauth::testing
