// A provider without a network, whose profiles contain the token of their request.
#pragma once

#include <coauth/coro/clock.hpp>
#include <coauth/error.hpp>
#include <coauth/identity/login_provider.hpp>
#include <coauth/oauth1/callback.hpp>
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
#include <string_view>
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

    static credential token_of(const std::string& user_id) { return credential(secret("token-of-" + user_id)); }

    /// True if this is the profile of `user` for the token of `user_id`.
    static bool is_echo(const coauth::profile& p, const std::string& user_id, const coauth::user_ref& user)
    {
        const bool is_right_user =
            user.is_id() ? p.id == user.text() : twitter::lookup_key(p.username) == twitter::lookup_key(user);
        return is_right_user && p.description == "token-of-" + user_id;
    }

    boost::asio::awaitable<coauth::reply<coauth::lookups>> look_up(
        std::string token, std::vector<coauth::user_ref> users)
    {
        std::size_t number = 0;
        {
            const std::lock_guard lock(mutex_);
            if (forgetful)
                number = ++forgotten_;
            else
                requests_.emplace_back(token, users);
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
            out.outcomes.push_back(lookup_of(token, *user));
        if (limits)
            out.limits = limits(number);
        co_return out;
    }

    /// How this provider is asked; in force for accounts that are opened afterwards.
    lookup_rules rules = rules_of_x();

    static lookup_rules rules_of_x()
    {
        lookup_rules all;
        all.key = twitter::lookup_key;
        all.objection = [](const coauth::user_ref& user) {
            return std::string(twitter::can_be_asked_for(user) ? "" : "this user can't be asked for");
        };
        all.price_micros = 10'000;
        return all;
    }

    class echo_account final : public account {
    public:
        echo_account(echo_provider& owner, std::string token)
            : owner_(owner), token_(std::move(token)), rules_(owner.rules)
        {}

        boost::asio::awaitable<reply<coauth::profile>> me() override { return owner_.own_profile(token_); }
        const lookup_rules* directory() const override { return &rules_; }
        boost::asio::awaitable<reply<coauth::lookups>> look_up(std::vector<coauth::user_ref> users) override
        {
            return owner_.look_up(token_, std::move(users));
        }
        boost::asio::awaitable<reply<http::response>> call(http::request request) override
        {
            return owner_.respond(token_, std::move(request));
        }

    private:
        echo_provider& owner_;
        const std::string token_;
        const lookup_rules rules_;
    };

    std::string_view name() const noexcept override { return "x"; }

    std::shared_ptr<account> open(const credential& held) const override
    {
        // The tests destroy their session first.
        return std::make_shared<echo_account>(const_cast<echo_provider&>(*this), std::string(held.text().reveal()));
    }

    /// As `fails` and `limits`, for `call` and `me`.
    failure call_fails;
    std::function<coauth::rate_limits(std::size_t number)> call_limits;
    std::atomic<std::size_t> calls = 0;

    /// The target, and the token in `X-Token`.
    boost::asio::awaitable<reply<http::response>> respond(std::string token, http::request request)
    {
        const std::size_t number = ++calls;
        auto executor = co_await boost::asio::this_coro::executor;
        for (int i = 0; i < turns; ++i)
            co_await boost::asio::post(executor, boost::asio::use_awaitable);
        if (call_fails)
            call_fails(number);
        http::response response;
        response.status = 200;
        response.headers.add("X-Token", std::move(token));
        response.body = std::move(request.target);
        co_return reply<http::response>(std::move(response), call_limits ? call_limits(number) : rate_limits());
    }

    boost::asio::awaitable<reply<coauth::profile>> own_profile(std::string token)
    {
        const reply<http::response> response = co_await respond(token, http::request());
        coauth::profile own;
        own.id = token.substr(token.rfind('-') + 1);
        own.description = std::move(token);
        co_return reply<coauth::profile>(std::move(own), response.limits);
    }

    boost::asio::awaitable<void> revoke(credential held) override
    {
        const std::lock_guard lock(mutex_);
        revoked.emplace_back(held.text().reveal());
        co_return;
    }
    std::vector<std::string> revoked;

    /// A credential that `renew` replaces by "token-of-USER+1", then "+2", ..., each of `life`; needs `clock`.
    credential renewable_token_of(const std::string& user_id) const
    {
        const auto now = std::chrono::floor<std::chrono::seconds>(clock->now());
        return credential(secret("token-of-" + user_id), now, now + life, true);
    }
    std::chrono::seconds life{3'600};
    std::function<void(std::size_t number)> renewal_fails;
    std::atomic<std::size_t> renewals = 0;

    boost::asio::awaitable<credential> renew(credential held) override
    {
        const std::size_t number = ++renewals;
        auto executor = co_await boost::asio::this_coro::executor;
        for (int i = 0; i < turns; ++i)
            co_await boost::asio::post(executor, boost::asio::use_awaitable);
        if (renewal_fails)
            renewal_fails(number);
        const auto now = std::chrono::floor<std::chrono::seconds>(clock->now());
        const std::string old(held.text().reveal());
        co_return credential(
            secret(old.substr(0, old.find('+')) + '+' + std::to_string(number)), now, now + life, true);
    }

    boost::asio::awaitable<begun_login> begin(std::string, login_request) override
    {
        auto executor = co_await boost::asio::this_coro::executor;
        co_await boost::asio::post(executor, boost::asio::use_awaitable);
        std::string key = "request-token-" + std::to_string(++legs_);
        std::string url = "https://provider.example/?oauth_token=" + key;
        co_return begun_login(std::move(key), std::move(url), secret("secret"));
    }
    result<std::string> key_of(std::string_view callback_query) const override
    {
        auto callback = oauth1::parse_callback(callback_query);
        if (!callback)
            return callback.error();
        return callback->token;
    }
    // The verifier is the id of the user who signs in.
    boost::asio::awaitable<finished_login> finish(begun_login, std::string, std::string callback_query) override
    {
        auto executor = co_await boost::asio::this_coro::executor;
        co_await boost::asio::post(executor, boost::asio::use_awaitable);
        ++exchanges;
        const auto callback = oauth1::parse_callback(callback_query).value();
        if (callback.denied)
            throw error(errc::denied);
        coauth::profile user;
        user.id = callback.verifier.reveal();
        user.username = "user_" + user.id;
        credential held = token_of(user.id);
        co_return finished_login(std::move(user), std::move(held));
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
