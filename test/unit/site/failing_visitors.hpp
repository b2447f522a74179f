// A visitor store that fails on demand.
#pragma once

#include <coauth/store/memory_store.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace coauth::testing {

class failing_visitors final : public store::visitor_store {
public:
    template <class T>
    using awaitable = boost::asio::awaitable<T>;
    using browser_digest = store::browser_digest;

    explicit failing_visitors(std::shared_ptr<clock> time)
        : inner_(store::memory_visitor_store(store::visitor_limits(), std::move(time)))
    {}

    /// Throws, if set: in each call, but for `expire` and `limits`.
    std::function<void()> failure;
    /// The same in `expire`.
    std::function<void()> failure_to_expire;
    int expiries = 0;              ///< Calls of `expire`.
    bool hangs = false;            ///< `find` waits until it is cancelled.
    std::function<void()> removed; ///< After each `remove`.

    static std::function<void()> untyped()
    {
        return [] { throw std::runtime_error("a user's database"); };
    }
    static std::function<void()> typed()
    {
        return [] { throw error(errc::store_unavailable, "a user's database"); };
    }

    store::visitor_limits limits() const override { return inner_->limits(); }
    awaitable<std::optional<user_key>> add(
        browser_digest browser, signed_in_user user, browser_digest previous) override
    {
        return checked().add(browser, std::move(user), previous);
    }
    awaitable<std::optional<signed_in_user>> find(browser_digest browser) override
    {
        return hangs ? hang() : checked().find(browser);
    }
    awaitable<std::optional<user_key>> remove(browser_digest browser) override
    {
        auto left = co_await checked().remove(browser);
        if (removed)
            removed();
        co_return left;
    }
    awaitable<bool> remove_all(user_key user, time_point latest) override
    {
        return checked().remove_all(std::move(user), latest);
    }
    awaitable<bool> has(user_key user) override { return checked().has(std::move(user)); }
    awaitable<std::vector<user_key>> expire(std::size_t limit) override
    {
        ++expiries;
        if (failure_to_expire)
            failure_to_expire();
        return inner_->expire(limit);
    }
    awaitable<std::size_t> count() override { return checked().count(); }

private:
    static awaitable<std::optional<signed_in_user>> hang()
    {
        boost::asio::steady_timer never(
            co_await boost::asio::this_coro::executor, boost::asio::steady_timer::time_point::max());
        co_await never.async_wait(boost::asio::use_awaitable);
        co_return std::nullopt;
    }

    visitor_store& checked() const
    {
        if (failure)
            failure();
        return *inner_;
    }

    std::shared_ptr<visitor_store> inner_;
};

} // namespace coauth::testing
