// A session over a provider of OAuth 2 whose refresh tokens are good for one use.
#include "unit/session/manual_loop.hpp"

#include <coauth/coro/as_result.hpp>
#include <coauth/oauth2/stored_credential.hpp>
#include <coauth/providers/oauth2_provider.hpp>
#include <coauth/session/session.hpp>
#include <coauth/store/memory_store.hpp>
#include <coauth/text/form.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

using namespace coauth;
using namespace std::chrono_literals;
namespace asio = boost::asio;

namespace {

/// Issues "access-N" and "refresh-N"; an older refresh token is refused. `fault` may throw: before the request arrives, or after
/// the tokens were issued.
class rotating_provider final : public http::transport {
public:
    enum class moment { before, after };
    std::function<void(std::size_t request, moment at)> fault;

    asio::awaitable<http::response> send(http::request request) override
    {
        const auto executor = co_await asio::this_coro::executor;
        for (int i = 0; i < 3; ++i)
            co_await asio::post(executor, asio::use_awaitable);
        co_return request.target == "/token" ? renew(request) : call(request);
    }

    http::fields call_headers;
    std::size_t token_requests = 0;
    std::size_t renewals = 0;
    std::size_t calls = 0;

private:
    http::response renew(const http::request& request)
    {
        const std::size_t number = ++token_requests;
        if (fault)
            fault(number, moment::before);
        http::response response;
        const text::form sent = text::parse_form(request.body).value();
        if (*text::find(sent, "refresh_token") != "refresh-" + std::to_string(renewals)) {
            response.status = 400;
            response.body = R"({"error":"invalid_grant"})";
            return response;
        }
        const std::string next = std::to_string(++renewals);
        if (fault)
            fault(number, moment::after);
        response.status = 200;
        response.body = R"({"token_type":"bearer","expires_in":3600,"access_token":"access-)" + next +
                        R"(","refresh_token":"refresh-)" + next + "\"}";
        return response;
    }

    http::response call(const http::request& request)
    {
        ++calls;
        http::response response;
        const bool good = request.headers.get("Authorization") == "Bearer access-" + std::to_string(renewals);
        response.status = good ? 200 : 401;
        response.headers = call_headers;
        response.body = "things";
        return response;
    }
};

class rotation_fixture : public testing::manual_loop {
public:
    rotation_fixture()
    {
        first = make();
        const auto now = std::chrono::floor<std::chrono::seconds>(clock->now());
        credential held(
            secret("oauth2 token_type=bearer&access_token=access-0&refresh_token=refresh-0"), now, now + 3600s, true);
        asio::co_spawn(io, first->add_user("7", std::move(held)), [](const std::exception_ptr& e) { CHECK(!e); });
        poll();
    }
    ~rotation_fixture()
    {
        first.reset();
        second.reset();
        end();
    }

    std::unique_ptr<session> make()
    {
        providers::oauth2_rules rules("photos");
        rules.authorize_url = "https://photos.example/authorize";
        rules.token_url = "https://photos.example/token";
        rules.user_url = "https://photos.example/me";
        rules.read_user = [](std::string_view body) {
            profile user;
            user.id = body;
            return user;
        };
        auto provider = providers::oauth2_provider(wire, oauth2::app("app-1"), std::move(rules), clock);
        session_options options;
        options.clock = clock;
        options.chance = [] { return 0.5; };
        options.tokens = tokens;
        return std::make_unique<session>(io.get_executor(), std::move(provider), options);
    }

    void ask(session& on)
    {
        asio::co_spawn(io, as_result(on.call("7", http::get("https://photos.example/things"), "things")),
            [this](const std::exception_ptr& e, const result<reply<http::response>>& response) {
                REQUIRE(!e);
                outcomes.push_back(response ? "good" : std::string(name(response.error().reason())));
            });
    }
    std::size_t count(const std::string& outcome) const
    {
        return static_cast<std::size_t>(std::count(outcomes.begin(), outcomes.end(), outcome));
    }

    std::shared_ptr<rotating_provider> wire = std::make_shared<rotating_provider>();
    std::shared_ptr<store::token_store> tokens = store::memory_token_store(clock);
    std::vector<std::string> outcomes;
    std::unique_ptr<session> first;
    std::unique_ptr<session> second;
};

} // namespace

TEST_CASE("rotation: 1000 calls on an expired token renew once, in one session and in two on one store")
{
    rotation_fixture f;
    f.second = f.make();
    f.pass(4'000s);
    for (int i = 0; i < 500; ++i) {
        f.ask(*f.first);
        f.ask(*f.second);
    }
    f.poll();
    f.pass(200ms);
    CHECK(f.count("good") == 1'000);
    CHECK(f.wire->token_requests == 1);
}

TEST_CASE(
    "rotation: with one request in five failing, 1000 calls end typed and the provider issues once for each login")
{
    using moment = rotating_provider::moment;
    for (std::size_t failing = 1; failing <= 5; ++failing)
        for (const moment at : {moment::before, moment::after}) {
            CAPTURE(failing);
            rotation_fixture f;
            f.wire->fault = [failing, at](std::size_t request, moment now) {
                if (now == at && request % 5 == failing % 5)
                    throw error(errc::connection_lost);
            };
            f.pass(4'000s);
            for (int i = 0; i < 1'000; ++i)
                f.ask(*f.first);
            f.poll();
            CHECK(f.outcomes.size() == 1'000);
            CHECK(f.wire->renewals == 1);
            CHECK(f.wire->token_requests <= 2);
            // The response of the first request was lost with the only refresh token.
            const bool lost = failing == 1 && at == moment::after;
            CHECK(f.count(lost ? "token_revoked" : "good") == 1'000);
        }
}

TEST_CASE("rotation: a token that the provider refuses early is renewed once")
{
    rotation_fixture f;
    f.wire->renewals = 0;
    f.ask(*f.first);
    f.poll();
    REQUIRE(f.count("good") == 1);
    // Another holder of the app's keys rotated it: the provider knows neither token any more.
    f.wire->renewals = 5;
    for (int i = 0; i < 100; ++i)
        f.ask(*f.first);
    f.poll();
    CHECK(f.count("token_revoked") + f.count("unknown_user") == 100);
    CHECK(f.count("token_revoked") >= 1);
    CHECK(f.wire->token_requests == 1);
}

TEST_CASE("session: a window that a success closes holds the calls until its reset, up to an hour ahead")
{
    rotation_fixture f;
    const auto close_window = [&f](std::chrono::seconds time) {
        const auto reset = std::chrono::floor<std::chrono::seconds>(f.clock->now()) + time;
        f.wire->call_headers = http::fields();
        f.wire->call_headers.add("x-ratelimit-remaining", "0");
        f.wire->call_headers.add("x-ratelimit-reset", std::to_string(reset.time_since_epoch().count()));
    };
    close_window(600s);
    f.ask(*f.first);
    f.poll();
    f.wire->call_headers = http::fields();
    f.ask(*f.first);
    f.pass(599s);
    CHECK(f.wire->calls == 1);
    f.pass(10s);
    CHECK(f.count("good") == 2);

    close_window(3'000s);
    f.ask(*f.first);
    f.poll();
    CHECK(f.count("good") == 3);
    f.ask(*f.first); // longer than max_wait
    f.poll();
    CHECK(f.count("rate_limited") == 1);
    CHECK(f.wire->calls == 3);
}
