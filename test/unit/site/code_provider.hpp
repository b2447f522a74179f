// A provider of another shape than X: `code` and `state`, a credential that expires, no directory.
#pragma once

#include <coauth/coro/clock.hpp>
#include <coauth/identity/login_provider.hpp>
#include <coauth/text/form.hpp>

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace coauth::testing {

/// Written against `identity/` alone. A code is the id of the user who signs in; credentials are good for an hour, and
/// renewable.
///
/// Thread safety: none; for tests on one thread.
class code_provider final : public login_provider {
public:
    explicit code_provider(std::shared_ptr<coauth::clock> time) : clock_(std::move(time)) {}

    std::string_view name() const noexcept override { return "code"; }

    boost::asio::awaitable<begun_login> begin(std::string callback, login_request request) override
    {
        co_await one_turn();
        std::string state = "state-" + std::to_string(++begun);
        std::string url = "https://code.example/authorize?response_type=code&state=" + state +
                          "&scope=" + request.scope + "&redirect_uri=" + callback;
        co_return begun_login(std::move(state), std::move(url), secret("verifier"));
    }

    result<std::string> key_of(std::string_view callback_query) const override
    {
        const auto form = text::parse_form(callback_query);
        if (!form)
            return form.error();
        const bool is_callback =
            text::count(*form, "state") == 1 && text::count(*form, "code") + text::count(*form, "error") == 1;
        if (!is_callback)
            return error(errc::invalid_argument, "not a callback of a login with a code");
        return *text::find(*form, "state");
    }

    boost::asio::awaitable<finished_login> finish(
        begun_login login, std::string callback, std::string callback_query) override
    {
        co_await one_turn();
        const auto form = text::parse_form(callback_query).value();
        if (text::find(form, "error") != nullptr)
            throw error(errc::denied);
        const std::string* issuer = text::find(form, "iss");
        if (issuer && *issuer != "https://code.example")
            throw error(errc::invalid_argument, "the callback is of another provider than this login (iss)");
        ++exchanges;
        if (!login.proof.matches("verifier") || callback != expected_callback)
            throw error(errc::invalid_verifier);
        const std::string& code = *text::find(form, "code");
        co_return finished_login(profile_of(code), credential_of(code), "profile");
    }

    std::shared_ptr<account> open(const credential& held) const override
    {
        const std::string_view kind = "code ";
        if (!held.text().reveal().starts_with(kind))
            throw error(errc::token_revoked);
        return std::make_shared<code_account>(std::string(held.text().reveal().substr(kind.size())));
    }

    boost::asio::awaitable<credential> renew(credential held) override
    {
        co_await one_turn();
        ++renewals;
        co_return credential_of(held.text().reveal().substr(std::string_view("code ").size()));
    }

    std::string expected_callback;
    int begun = 0;
    int exchanges = 0;
    int renewals = 0;

private:
    class code_account final : public account {
    public:
        explicit code_account(std::string id) : id_(std::move(id)) {}

        boost::asio::awaitable<reply<profile>> me() override
        {
            co_await one_turn();
            co_return reply<profile>(profile_of(id_), rate_limits());
        }
        boost::asio::awaitable<reply<http::response>> call(http::request) override
        {
            co_await one_turn();
            co_return reply<http::response>(http::response(), rate_limits());
        }

    private:
        std::string id_;
    };

    static boost::asio::awaitable<void> one_turn()
    {
        auto executor = co_await boost::asio::this_coro::executor;
        co_await boost::asio::post(executor, boost::asio::use_awaitable);
    }

    static profile profile_of(const std::string& id)
    {
        profile user;
        user.id = id;
        user.name = "Name of " + id;
        return user;
    }

    credential credential_of(std::string_view id) const
    {
        const auto now = std::chrono::floor<std::chrono::seconds>(clock_->now());
        return credential(secret("code " + std::string(id)), now, now + std::chrono::hours(1), true);
    }

    std::shared_ptr<coauth::clock> clock_;
};

} // namespace coauth::testing
