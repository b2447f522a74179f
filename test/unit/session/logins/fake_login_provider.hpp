// A provider of logins without a network, whose legs a test can hold back and fail.
#pragma once

#include <coauth/coro/one_shot.hpp>
#include <coauth/session/login_provider.hpp>

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <atomic>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

namespace coauth::testing {

/// Request tokens are "token-1", "token-2", ...; the verifier "v" signs in the user "id-of-v".
///
/// Thread safety: safe, but set the script before legs run.
class fake_login_provider final : public login_provider {
public:
    /// A leg that is held waits until the test opens the gate.
    class gate {
    public:
        void hold() { held_ = true; }

        /// Resumes the legs that wait, and holds no more.
        void open()
        {
            std::deque<std::shared_ptr<one_shot>> waiting;
            {
                const std::lock_guard lock(mutex_);
                held_ = false;
                waiting.swap(waiting_);
            }
            for (const auto& waiter : waiting)
                waiter->fire();
        }

        boost::asio::awaitable<void> pass()
        {
            auto waiter = std::make_shared<one_shot>();
            {
                const std::lock_guard lock(mutex_);
                if (!held_)
                    co_return;
                waiting_.push_back(waiter);
            }
            co_await waiter->wait();
        }

    private:
        std::mutex mutex_;
        std::atomic<bool> held_{false};
        std::deque<std::shared_ptr<one_shot>> waiting_;
    };

    gate begins;
    gate finishes;
    std::atomic<int> begun{0};    ///< Requests for a request token.
    std::atomic<int> finished{0}; ///< Exchanges of a verifier.

    /// The errors of the legs, if any.
    std::optional<error> begin_fails;
    std::optional<error> finish_fails;
    bool throws_int = false; ///< Leg 3 throws an int.

    /// Gives this request token each time.
    std::optional<std::string> always_token;

    boost::asio::awaitable<oauth1::request_token> begin(std::string callback) override
    {
        const int number = ++begun;
        auto executor = co_await boost::asio::this_coro::executor;
        co_await boost::asio::post(executor, boost::asio::use_awaitable);
        co_await begins.pass();
        if (begin_fails)
            throw *begin_fails;
        {
            const std::lock_guard lock(mutex_);
            last_callback_ = std::move(callback);
        }
        std::string token = always_token ? *always_token : "token-" + std::to_string(number);
        co_return oauth1::request_token(std::move(token), secret("canary"));
    }

    std::string login_url(const oauth1::request_token& login, bool ask_again) const override
    {
        return (ask_again ? "https://provider.example/authorize?oauth_token="
                          : "https://provider.example/authenticate?oauth_token=") +
               login.token();
    }

    boost::asio::awaitable<grant> finish(oauth1::request_token login, std::string verifier) override
    {
        ++finished;
        auto executor = co_await boost::asio::this_coro::executor;
        co_await boost::asio::post(executor, boost::asio::use_awaitable);
        co_await finishes.pass();
        if (throws_int)
            throw 7;
        if (finish_fails)
            throw *finish_fails;
        oauth1::access_token token("access-" + login.token(), secret("canary"));
        signed_in_user user("x", "id-of-" + verifier, "name-of-" + verifier);
        grant out(std::move(user), std::move(token));
        co_return out;
    }

    std::string last_callback() const
    {
        const std::lock_guard lock(mutex_);
        return last_callback_;
    }

    // Not for logins.
    boost::asio::awaitable<coauth::reply<coauth::lookups>> look_up(
        oauth1::access_token, std::vector<coauth::user_ref>) override
    {
        throw error(errc::forbidden);
        co_return coauth::reply<coauth::lookups>();
    }
    std::size_t largest_lookup() const override { return 100; }
    bool one_limit_for_ids_and_names() const override { return false; }
    boost::asio::awaitable<void> invalidate(oauth1::access_token) override { co_return; }

private:
    mutable std::mutex mutex_;
    std::string last_callback_;
};

} // namespace coauth::testing
