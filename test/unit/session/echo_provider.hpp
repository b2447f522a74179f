// A provider without a network, whose profiles contain the token of their request.
#pragma once

#include <coauth/coro/clock.hpp>
#include <coauth/session/login_provider.hpp>
#include <coauth/twitter/user_names.hpp>

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace coauth::testing {

/// Finds all users except names that begin with "missing". A profile's description is the token of the request.
///
/// Thread safety: safe.
class echo_provider : public login_provider {
public:
    using failure = std::function<void(std::size_t number)>; ///< Throws, or does not.

    /// Is called for every request, the first is 1, before its response.
    failure fails;
    /// The limits in every response, if set.
    std::function<coauth::rate_limits(std::size_t number)> limits;
    /// How many turns of the loop a request takes.
    int turns = 1;
    /// Called when a request arrives; returns its duration by `clock`, if set.
    std::function<std::chrono::milliseconds(std::size_t number)> takes;
    std::shared_ptr<coauth::clock> clock;

    struct request {
        request(std::string token, std::vector<coauth::user_ref> users)
            : token(std::move(token)), users(std::move(users))
        {}

        std::string token;
        std::vector<coauth::user_ref> users;
    };

    std::vector<request> requests() const
    {
        const std::lock_guard lock(mutex_);
        return requests_;
    }

    std::size_t count() const
    {
        const std::lock_guard lock(mutex_);
        return requests_.size();
    }

    /// Keeps counts only, for tests of millions.
    bool forgetful = false;
    std::size_t forgotten() const
    {
        const std::lock_guard lock(mutex_);
        return forgotten_;
    }

    static oauth1::access_token token_of(const std::string& user_id)
    {
        return oauth1::access_token("token-of-" + user_id, secret("secret"));
    }

    /// True if this is the profile of `user` for the token of `user_id`.
    static bool is_echo(const coauth::profile& p, const std::string& user_id, const coauth::user_ref& user)
    {
        const bool is_right_user =
            user.is_id() ? p.id == user.text() : twitter::lookup_key(p.username) == twitter::lookup_key(user);
        return is_right_user && p.description == "token-of-" + user_id;
    }

    boost::asio::awaitable<coauth::reply<coauth::lookups>> look_up(
        oauth1::access_token token, std::vector<coauth::user_ref> users) override
    {
        std::size_t number = 0;
        {
            const std::lock_guard lock(mutex_);
            if (forgetful)
                number = ++forgotten_;
            else
                requests_.emplace_back(token.token(), users);
            number += requests_.size();
        }
        const std::chrono::milliseconds duration = takes ? takes(number) : std::chrono::milliseconds(0);
        auto executor = co_await boost::asio::this_coro::executor;
        for (int i = 0; i < turns; ++i)
            co_await boost::asio::post(executor, boost::asio::use_awaitable);
        if (takes)
            co_await clock->sleep_for(duration);
        if (fails)
            fails(number);
        coauth::reply<coauth::lookups> out;
        for (auto user = users.rbegin(); user != users.rend(); ++user)
            out.outcomes.push_back(lookup_of(token.token(), *user));
        if (limits)
            out.limits = limits(number);
        co_return out;
    }

    std::size_t largest_lookup() const override { return 100; }
    bool one_limit_for_ids_and_names() const override { return false; }

    boost::asio::awaitable<void> invalidate(oauth1::access_token token) override
    {
        const std::lock_guard lock(mutex_);
        invalidated.push_back(token.token());
        co_return;
    }
    std::vector<std::string> invalidated;

    // The verifier is the id of the user who signs in.
    boost::asio::awaitable<oauth1::request_token> begin(std::string) override
    {
        auto executor = co_await boost::asio::this_coro::executor;
        co_await boost::asio::post(executor, boost::asio::use_awaitable);
        co_return oauth1::request_token("request-token-" + std::to_string(++legs_), secret("secret"));
    }
    std::string login_url(const oauth1::request_token& login, bool) const override
    {
        return "https://provider.example/?oauth_token=" + login.token();
    }
    boost::asio::awaitable<grant> finish(oauth1::request_token, std::string verifier) override
    {
        auto executor = co_await boost::asio::this_coro::executor;
        co_await boost::asio::post(executor, boost::asio::use_awaitable);
        ++exchanges;
        oauth1::access_token token = token_of(verifier);
        signed_in_user user("x", verifier, "user_" + verifier);
        grant out(std::move(user), std::move(token));
        co_return out;
    }
    std::atomic<std::size_t> exchanges = 0;
    std::size_t legs() const { return legs_; }

private:
    static coauth::lookup lookup_of(const std::string& token, const coauth::user_ref& user)
    {
        if (user.text().starts_with("missing"))
            return {user, coauth::lookup_outcome::not_found};
        coauth::lookup lookup(user, coauth::lookup_outcome::found);
        coauth::profile& p = lookup.profile.emplace();
        p.id = user.is_id() ? user.text() : "1000";
        p.username = user.is_id() ? "user_" + user.text() : user.text();
        p.name = "Name of " + p.username;
        p.description = token;
        return lookup;
    }

    mutable std::mutex mutex_;
    std::vector<request> requests_;
    std::size_t forgotten_ = 0;
    std::atomic<std::size_t> legs_ = 0;
};

} // namespace coauth::testing
