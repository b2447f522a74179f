// [login_test
#include <coauth/coro/run.hpp>
#include <coauth/sandbox/kit/client.hpp>
#include <boost/asio/this_coro.hpp>
#include <doctest/doctest.h>

boost::asio::awaitable<void> sign_in() {
    coauth::sandbox::provider sandbox(co_await boost::asio::this_coro::executor);
    auto client = coauth::sandbox::client_of(sandbox);
    auto login = co_await client.request_token("oob");
    auto pin = co_await coauth::sandbox::allow(sandbox, client.authorize_url(login), "user_1");
    auto access = co_await client.access_token(login, pin);
    auto me = co_await client.for_user(access).me();
    CHECK(me.username == "user_1");
}

TEST_CASE("a user signs in") { CHECK(coauth::run(sign_in()) == 0); }
// ]

// What the page of the manual does not show.
#include <coauth/coro/as_result.hpp>

#include <optional>
#include <string>

namespace {

std::optional<coauth::errc> refusal_of(const std::string& url, const std::string& username) {
    std::optional<coauth::errc> reason;
    const auto task = [&]() -> boost::asio::awaitable<void> {
        coauth::sandbox::provider sandbox(co_await boost::asio::this_coro::executor);
        const auto client = coauth::sandbox::client_of(sandbox);
        const auto login = co_await client.request_token("http://127.0.0.1/back");
        const std::string page = url.empty() ? client.authenticate_url(login) : url;
        const auto query = co_await coauth::as_result(coauth::sandbox::allow(sandbox, page, username));
        if (query)
            CHECK(query->starts_with("oauth_token=" + login.token() + "&oauth_verifier="));
        else
            reason = query.error().reason();
    };
    CHECK(coauth::run(task()) == 0);
    return reason;
}

} // namespace

TEST_CASE("sandbox kit: allow gives the callback's query, and refuses what it can't allow") {
    CHECK_FALSE(refusal_of("", "user_2"));
    CHECK(refusal_of("", "absent") == coauth::errc::not_found);
    CHECK(refusal_of("https://example.com/oauth/authorize?oauth_token=x", "user_1") == coauth::errc::invalid_argument);
    CHECK(refusal_of("no URL", "user_1") == coauth::errc::invalid_argument);
}
