// A provider of logins without a network, whose legs a test can hold back and fail.
#pragma once

#include <coauth/coro/one_shot.hpp>
#include <coauth/error.hpp>
#include <coauth/identity/login_provider.hpp>
#include <coauth/oauth1/callback.hpp>

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
#include <string_view>
#include <utility>

namespace coauth::testing {

/// The keys of logins are "token-1", "token-2", ...; the verifier "v" signs in the user "id-of-v".
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
    std::atomic<int> begun{0};    ///< Logins.
    std::atomic<int> finished{0}; ///< Exchanges of a verifier.

    /// The errors of the legs, if any.
    std::optional<error> begin_fails;
    std::optional<error> finish_fails;
    bool throws_int = false; ///< Leg 3 throws an int.

    /// Each login has this key.
    std::optional<std::string> always_key;

    std::string_view name() const noexcept override { return "fake"; }

    boost::asio::awaitable<begun_login> begin(std::string callback, login_request request) override
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
        std::string token = always_key ? *always_key : "token-" + std::to_string(number);
        std::string url = (request.ask_again ? "https://provider.example/authorize?oauth_token="
                                             : "https://provider.example/authenticate?oauth_token=") +
                          token;
        co_return begun_login(std::move(token), std::move(url), secret("canary"));
    }

    result<std::string> key_of(std::string_view callback_query) const override
    {
        auto callback = oauth1::parse_callback(callback_query);
        if (!callback)
            return callback.error();
        return callback->token;
    }

    boost::asio::awaitable<finished_login> finish(
        begun_login login, std::string callback, std::string callback_query) override
    {
        const auto parsed = oauth1::parse_callback(callback_query).value();
        if (parsed.denied)
            throw error(errc::denied);
        if (login.proof.reveal() != "canary" || callback != last_callback())
            throw error(errc::invalid_argument, "the login is not the one that began");
        ++finished;
        auto executor = co_await boost::asio::this_coro::executor;
        co_await boost::asio::post(executor, boost::asio::use_awaitable);
        co_await finishes.pass();
        if (throws_int)
            throw 7;
        if (finish_fails)
            throw *finish_fails;
        profile user;
        user.id = "id-of-" + std::string(parsed.verifier.reveal());
        user.username = "name-of-" + std::string(parsed.verifier.reveal());
        co_return finished_login(std::move(user), credential(secret("access-" + login.key)));
    }

    std::string last_callback() const
    {
        const std::lock_guard lock(mutex_);
        return last_callback_;
    }

    // Not for logins.
    std::shared_ptr<account> open(const credential&) const override { throw error(errc::forbidden); }

private:
    mutable std::mutex mutex_;
    std::string last_callback_;
};

} // namespace coauth::testing
