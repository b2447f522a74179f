// Stores, a provider and a clock that throw what a test says.
#pragma once

#include "unit/session/echo_provider.hpp"
#include "unit/session/manual_clock.hpp"

#include <coauth/store/memory_store.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

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
    asio::awaitable<store::taken_login> take(store::login_id id, store::browser_digest browser) override
    {
        return fault_->instead_of("login_store::take", inner_->take(id, browser));
    }
    asio::awaitable<void> end(store::login_id id, store::ended_login reached) override
    {
        return fault_->instead_of("login_store::end", inner_->end(id, std::move(reached)));
    }
    std::shared_ptr<void> watch(watcher notified) override
    {
        fault_->plainly("login_store::watch");
        return inner_->watch(std::move(notified));
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

    asio::awaitable<std::optional<store::stored_credential>> find(user_key user) override
    {
        return fault_->instead_of("token_store::find", inner_->find(std::move(user)));
    }
    asio::awaitable<std::uint64_t> put(user_key user, credential held) override
    {
        return fault_->instead_of("token_store::put", inner_->put(std::move(user), std::move(held)));
    }
    asio::awaitable<std::optional<std::uint64_t>> replace_if(
        user_key user, std::uint64_t version, credential held) override
    {
        return fault_->instead_of(
            "token_store::replace_if", inner_->replace_if(std::move(user), version, std::move(held)));
    }
    asio::awaitable<bool> lease(user_key user, std::uint64_t version, std::chrono::milliseconds time) override
    {
        return fault_->instead_of("token_store::lease", inner_->lease(std::move(user), version, time));
    }
    asio::awaitable<bool> remove(user_key user, std::optional<std::uint64_t> version) override
    {
        return fault_->instead_of("token_store::remove", inner_->remove(std::move(user), version));
    }

private:
    std::shared_ptr<store::token_store> inner_;
    std::shared_ptr<thrower> fault_;
};

class throwing_account final : public account {
public:
    throwing_account(std::shared_ptr<account> inner, std::shared_ptr<thrower> fault)
        : inner_(std::move(inner)), fault_(std::move(fault))
    {}

    asio::awaitable<reply<coauth::profile>> me() override { return fault_->instead_of("account::me", inner_->me()); }
    const lookup_rules* directory() const override
    {
        fault_->plainly("account::directory");
        return inner_->directory();
    }
    asio::awaitable<reply<coauth::lookups>> look_up(std::vector<coauth::user_ref> users) override
    {
        return fault_->instead_of("account::look_up", inner_->look_up(std::move(users)));
    }
    asio::awaitable<reply<http::response>> call(http::request request) override
    {
        return fault_->instead_of("account::call", inner_->call(std::move(request)));
    }

private:
    std::shared_ptr<account> inner_;
    std::shared_ptr<thrower> fault_;
};

class throwing_provider final : public login_provider {
public:
    explicit throwing_provider(std::shared_ptr<thrower> fault) : fault_(std::move(fault)) {}

    std::string_view name() const noexcept override { return echo->name(); }
    asio::awaitable<begun_login> begin(std::string callback, login_request request) override
    {
        return fault_->instead_of("provider::begin", echo->begin(std::move(callback), std::move(request)));
    }
    result<std::string> key_of(std::string_view callback_query) const override
    {
        fault_->plainly("provider::key_of");
        return echo->key_of(callback_query);
    }
    asio::awaitable<finished_login> finish(begun_login login, std::string callback, std::string query) override
    {
        return fault_->instead_of(
            "provider::finish", echo->finish(std::move(login), std::move(callback), std::move(query)));
    }
    std::shared_ptr<account> open(const credential& held) const override
    {
        fault_->plainly("provider::open");
        return std::make_shared<throwing_account>(echo->open(held), fault_);
    }
    asio::awaitable<credential> renew(credential held) override
    {
        return fault_->instead_of("provider::renew", echo->renew(std::move(held)));
    }
    asio::awaitable<void> revoke(credential held) override
    {
        return fault_->instead_of("provider::revoke", echo->revoke(std::move(held)));
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

} // namespace coauth::testing
