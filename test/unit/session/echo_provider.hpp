// A provider without a wire that answers with who asked.
#pragma once

#include <coauth/coro/clock.hpp>
#include <coauth/session/login_provider.hpp>

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

/// Finds everyone but names that begin with "nobody". A profile's description is the token that asked.
///
/// Thread safety: safe.
class echo_provider final : public login_provider {
public:
    using failure = std::function<void(std::size_t number)>; ///< Throws, or does not.

    /// Is called for every request, the first is 1, before its answer.
    failure fails;
    /// Told with every answer, if set.
    std::function<twitter::rate_limits(std::size_t number)> limits;
    /// How many turns of the loop a request takes.
    int turns = 1;
    /// Called when a request arrives; returns how long it takes by `clock`, if set.
    std::function<std::chrono::milliseconds(std::size_t number)> takes;
    std::shared_ptr<coauth::clock> clock;

    struct request {
        request(std::string token, std::vector<twitter::user_ref> who) : token(std::move(token)), who(std::move(who)) {}

        std::string token;
        std::vector<twitter::user_ref> who;
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

    /// Keep counts only, for tests of millions.
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

    /// True if this is the answer to `who` as asked by `user_id`.
    static bool is_echo(const twitter::profile& p, const std::string& user_id, const twitter::user_ref& who)
    {
        const bool right_person = who.is_id() ? p.id == who.text() : twitter::user_ref(p.username).key() == who.key();
        return right_person && p.description == "token-of-" + user_id;
    }

    boost::asio::awaitable<twitter::reply<twitter::lookups>> look_up(
        oauth1::access_token user, std::vector<twitter::user_ref> who) override
    {
        std::size_t number = 0;
        {
            const std::lock_guard lock(mutex_);
            if (forgetful)
                number = ++forgotten_;
            else
                requests_.emplace_back(user.token(), who);
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
        twitter::reply<twitter::lookups> out;
        for (auto asked = who.rbegin(); asked != who.rend(); ++asked)
            out.outcomes.push_back(answer_to(user.token(), *asked));
        if (limits)
            out.limits = limits(number);
        co_return out;
    }

    std::size_t largest_lookup() const override { return 100; }
    bool one_limit_for_ids_and_names() const override { return false; }

    boost::asio::awaitable<void> invalidate(oauth1::access_token user) override
    {
        const std::lock_guard lock(mutex_);
        invalidated.push_back(user.token());
        co_return;
    }
    std::vector<std::string> invalidated;

    // The verifier is the id of whoever signs in.
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
        signed_in_user user(verifier, "user_" + verifier);
        grant out(std::move(user), std::move(token));
        co_return out;
    }
    std::atomic<std::size_t> exchanges = 0;
    std::size_t legs() const { return legs_; }

private:
    static twitter::lookup answer_to(const std::string& token, const twitter::user_ref& who)
    {
        if (who.text().starts_with("nobody"))
            return {who, twitter::lookup_outcome::not_found};
        twitter::lookup one(who, twitter::lookup_outcome::found);
        twitter::profile& p = one.profile.emplace();
        p.id = who.is_id() ? who.text() : "1000";
        p.username = who.is_id() ? "user_" + who.text() : who.text();
        p.name = "Name of " + p.username;
        p.description = token;
        return one;
    }

    mutable std::mutex mutex_;
    std::vector<request> requests_;
    std::size_t forgotten_ = 0;
    std::atomic<std::size_t> legs_ = 0;
};

} // namespace coauth::testing
