// A session whose stores, provider and clock throw what a test says.
#pragma once

#include "unit/session/echo_provider.hpp"
#include "unit/session/manual_clock.hpp"

#include <coauth/session/session.hpp>
#include <coauth/store/memory_store.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <doctest/doctest.h>

#include <exception>
#include <functional>
#include <memory>
#include <new>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace coauth::testing {

namespace asio = boost::asio;
using namespace std::chrono_literals;

struct thrown_kind {
    const char* name;
    std::function<void()> raise;
};

inline const std::vector<thrown_kind>& thrown_kinds()
{
    using boost::system::system_error;
    static const std::vector<thrown_kind> all = {
        {"coauth::error", [] { throw error(errc::store_unavailable, "the database is down"); }},
        {"std::runtime_error", [] { throw std::runtime_error("a bug"); }},
        {"int", [] { throw 7; }},
        {"a text", [] { throw "a text"; }},
        {"operation_aborted", [] { throw system_error(make_error_code(asio::error::operation_aborted)); }},
        {"connection_reset", [] { throw system_error(make_error_code(asio::error::connection_reset)); }},
        {"std::bad_alloc", [] { throw std::bad_alloc(); }},
    };
    return all;
}

// One method that throws: as a plain function, in its coroutine at once, or a turn of the loop later.
enum class thrown_when { in_the_call, at_once, a_turn_later };

class thrower {
public:
    std::string method;
    thrown_when when = thrown_when::at_once;
    std::function<void()> raise;
    int raised = 0;

    void plainly(const char* name)
    {
        if (method == name)
            throw_now();
    }

    template <class T>
    asio::awaitable<T> instead_of(const char* name, asio::awaitable<T> op)
    {
        if (method == name && when == thrown_when::in_the_call)
            throw_now();
        return run(*this, method == name, std::move(op));
    }

private:
    void throw_now()
    {
        ++raised;
        raise();
    }

    template <class T>
    static asio::awaitable<T> run(thrower& self, bool throws, asio::awaitable<T> op)
    {
        if (throws && self.when == thrown_when::a_turn_later) {
            auto executor = co_await asio::this_coro::executor;
            co_await asio::post(executor, asio::use_awaitable);
        }
        if (throws)
            self.throw_now();
        if constexpr (std::is_void_v<T>) {
            co_await std::move(op);
        } else {
            T value = co_await std::move(op);
            co_return value;
        }
    }
};

class throwing_login_store final : public store::login_store {
public:
    throwing_login_store(std::shared_ptr<store::login_store> inner, std::shared_ptr<thrower> fault)
        : inner_(std::move(inner)), fault_(std::move(fault))
    {}

    store::login_limits limits() const override
    {
        fault_->plainly("login_store::limits");
        return inner_->limits();
    }
    asio::awaitable<void> add(store::pending_login login) override
    {
        return fault_->instead_of("login_store::add", inner_->add(std::move(login)));
    }
    asio::awaitable<counts> count(store::browser_digest browser) override
    {
        return fault_->instead_of("login_store::count", inner_->count(browser));
    }
    asio::awaitable<std::optional<store::recent_login>> recent(
        store::browser_digest browser, std::string return_to, std::chrono::milliseconds age) override
    {
        return fault_->instead_of("login_store::recent", inner_->recent(browser, std::move(return_to), age));
    }
    asio::awaitable<store::taken_login> take(store::login_id id, store::browser_digest browser) override
    {
        return fault_->instead_of("login_store::take", inner_->take(id, browser));
    }
    asio::awaitable<expiry> expire() override { return fault_->instead_of("login_store::expire", inner_->expire()); }

private:
    std::shared_ptr<store::login_store> inner_;
    std::shared_ptr<thrower> fault_;
};

class throwing_token_store final : public store::token_store {
public:
    throwing_token_store(std::shared_ptr<store::token_store> inner, std::shared_ptr<thrower> fault)
        : inner_(std::move(inner)), fault_(std::move(fault))
    {}

    asio::awaitable<std::optional<store::stored_token>> find(std::string user_id) override
    {
        return fault_->instead_of("token_store::find", inner_->find(std::move(user_id)));
    }
    asio::awaitable<std::uint64_t> put(std::string user_id, oauth1::access_token token) override
    {
        return fault_->instead_of("token_store::put", inner_->put(std::move(user_id), std::move(token)));
    }
    asio::awaitable<bool> remove(std::string user_id, std::optional<std::uint64_t> version) override
    {
        return fault_->instead_of("token_store::remove", inner_->remove(std::move(user_id), version));
    }

private:
    std::shared_ptr<store::token_store> inner_;
    std::shared_ptr<thrower> fault_;
};

class throwing_provider final : public login_provider {
public:
    explicit throwing_provider(std::shared_ptr<thrower> fault) : fault_(std::move(fault)) {}

    asio::awaitable<oauth1::request_token> begin(std::string callback) override
    {
        return fault_->instead_of("provider::begin", echo->begin(std::move(callback)));
    }
    std::string login_url(const oauth1::request_token& login, bool ask_again) const override
    {
        fault_->plainly("provider::login_url");
        return echo->login_url(login, ask_again);
    }
    asio::awaitable<grant> finish(oauth1::request_token login, std::string verifier) override
    {
        return fault_->instead_of("provider::finish", echo->finish(std::move(login), std::move(verifier)));
    }
    asio::awaitable<coauth::reply<coauth::lookups>> look_up(
        oauth1::access_token token, std::vector<coauth::user_ref> users) override
    {
        return fault_->instead_of("provider::look_up", echo->look_up(std::move(token), std::move(users)));
    }
    std::size_t largest_lookup() const override
    {
        fault_->plainly("provider::largest_lookup");
        return echo->largest_lookup();
    }
    bool one_limit_for_ids_and_names() const override
    {
        fault_->plainly("provider::one_limit_for_ids_and_names");
        return echo->one_limit_for_ids_and_names();
    }
    asio::awaitable<void> invalidate(oauth1::access_token token) override
    {
        return fault_->instead_of("provider::invalidate", echo->invalidate(std::move(token)));
    }

    std::shared_ptr<echo_provider> echo = std::make_shared<echo_provider>();

private:
    std::shared_ptr<thrower> fault_;
};

class throwing_clock final : public clock {
public:
    throwing_clock(std::shared_ptr<manual_clock> inner, std::shared_ptr<thrower> fault)
        : inner_(std::move(inner)), fault_(std::move(fault))
    {}

    std::chrono::system_clock::time_point now() const override
    {
        fault_->plainly("clock::now");
        return inner_->now();
    }
    std::chrono::steady_clock::time_point steady_now() const override
    {
        fault_->plainly("clock::steady_now");
        return inner_->steady_now();
    }
    asio::awaitable<void> sleep_for(std::chrono::milliseconds duration) override
    {
        return fault_->instead_of("clock::sleep_for", inner_->sleep_for(duration));
    }

private:
    std::shared_ptr<manual_clock> inner_;
    std::shared_ptr<thrower> fault_;
};

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
