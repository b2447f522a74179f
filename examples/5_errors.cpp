// A tour of what goes wrong in a login and after it, and of what coauth says then: who caused it
// and what to do. Each case is provoked on a sandbox inside this program.
//
// Prints a paragraph a case (with --json a line of JSON each) and exits with 1 should a case end in
// another way than it says.

#include "command_line/output.hpp"
#include "program/browser.hpp"
#include "program/json_output.hpp"
#include "program/main_loop.hpp"
#include "program/open_files.hpp"

#include <coauth/coro/as_result.hpp>
#include <coauth/http/connection_pool.hpp>
#include <coauth/sandbox/provider.hpp>
#include <coauth/twitter/client.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/json/serialize.hpp>

#include <CLI/CLI.hpp>

#include <iostream>

namespace asio = boost::asio;
namespace oauth1 = coauth::oauth1;
namespace twitter = coauth::twitter;
using coauth::errc;

namespace {

// A sandbox, a transport to it, and a user who has signed in.
class tour {
public:
    explicit tour(asio::io_context& io) : io_(io), sandbox_(io.get_executor(), sandbox_options()) {}

    coauth::sandbox::provider& sandbox() noexcept { return sandbox_; }
    oauth1::access_token token() { return sandbox_.issue_access_token("user_1"); }

    std::shared_ptr<coauth::http::transport> transport() { return make_transport(sandbox_.ca_file()); }

    twitter::client client() { return make_client(sandbox_.url(), sandbox_.consumer(), sandbox_.ca_file()); }
    twitter::user_client user() { return client().for_user(token()); }
    twitter::client client_with_secret(const char* secret)
    {
        return make_client(
            sandbox_.url(), oauth1::consumer(sandbox_.consumer().key(), coauth::secret(secret)), sandbox_.ca_file());
    }
    twitter::client client_in_a_hurry()
    {
        return make_client(sandbox_.url(), sandbox_.consumer(), sandbox_.ca_file(), std::chrono::milliseconds(100));
    }
    twitter::client client_with_system_authorities() { return make_client(sandbox_.url(), sandbox_.consumer(), ""); }
    twitter::client client_of(std::string base)
    {
        return make_client(std::move(base), sandbox_.consumer(), sandbox_.ca_file());
    }

private:
    static coauth::sandbox::options sandbox_options()
    {
        coauth::sandbox::options o;
        o.seed = R"({
            "consumers": [{"key": "tour-key", "secret": "tour-secret", "name": "The tour", "callbacks": ["https://app.example/callback"]}],
            "users": [{"id": "1001", "username": "user_1", "name": "User One"},
                      {"id": "1002", "username": "gone", "name": "Suspended", "suspended": true}]})";
        o.auto_approve = "user_1";
        o.consumer_key = "tour-key";
        o.consumer_secret = "tour-secret";
        o.rate_limits["/2/users/me"] = coauth::sandbox::route_limit(1, 0);
        return o;
    }

    std::shared_ptr<coauth::http::transport> make_transport(const std::string& ca_file)
    {
        coauth::http::pool_options pool;
        if (!ca_file.empty())
            pool.trust = coauth::http::tls_trust::ca_file(ca_file);
        return std::make_shared<coauth::http::connection_pool>(io_.get_executor(), std::move(pool));
    }

    twitter::client make_client(std::string base, oauth1::consumer app, const std::string& ca_file,
        std::chrono::milliseconds deadline = std::chrono::seconds(10))
    {
        twitter::client_options options;
        options.endpoints = twitter::endpoints(std::move(base));
        options.deadline = deadline;
        options.retry_budget = std::chrono::milliseconds(0);
        return twitter::client(make_transport(ca_file), std::move(app), std::move(options));
    }

    asio::io_context& io_;
    coauth::sandbox::provider sandbox_;
};

constexpr const char* callback = "https://app.example/callback";

asio::awaitable<void> wrong_consumer_secret(tour& t)
{
    const auto client = t.client_with_secret("not the secret");
    co_await client.request_token(callback);
}

asio::awaitable<void> callback_not_registered(tour& t)
{
    const auto client = t.client();
    co_await client.request_token("https://evil.example/callback");
}

asio::awaitable<void> callback_not_confirmed(tour& t)
{
    t.sandbox().set_faults(
        R"([{"route": "/oauth/request_token", "status": 200, "body": "oauth_token=t&oauth_token_secret=s"}])");
    const auto client = t.client();
    co_await client.request_token(callback);
}

asio::awaitable<void> wrong_verifier(tour& t)
{
    const auto client = t.client();
    const auto login = co_await client.request_token("oob");
    const std::string page = client.authorize_url(login);
    co_await program::play_browser(t.transport(), page);
    co_await client.access_token(login, "not-the-PIN");
}

asio::awaitable<void> clock_off_by_two_hours(tour& t)
{
    t.sandbox().set_clock_skew(std::chrono::hours(2));
    const auto client = t.client();
    co_await client.request_token(callback);
}

asio::awaitable<void> token_revoked(tour& t)
{
    const auto user = t.user();
    co_await user.invalidate_token();
    co_await user.me();
}

asio::awaitable<void> no_user_of_that_name(tour& t)
{
    const auto user = t.user();
    co_await user.profile("absent");
}

asio::awaitable<void> suspended_user(tour& t)
{
    const auto user = t.user();
    co_await user.profile("gone");
}

asio::awaitable<void> no_such_name(tour& t)
{
    const auto user = t.user();
    co_await user.profile("not a name!");
}

asio::awaitable<void> rate_limit_exhausted(tour& t)
{
    const auto user = t.user();
    co_await user.me();
    co_await user.me();
}

asio::awaitable<void> posted_twice(tour& t)
{
    const auto user = t.user();
    co_await user.post_tweet("Hello");
    co_await user.post_tweet("Hello");
}

asio::awaitable<void> me_with_fault(tour& t, const char* fault)
{
    t.sandbox().set_faults(fault);
    const auto user = t.user();
    co_await user.me();
}

asio::awaitable<void> provider_down(tour& t)
{
    return me_with_fault(t,
        R"([{"route": "/2/users/me", "status": 503, "body": "{\"errors\":[{\"code\":130,\"message\":\"Over capacity\"}]}"}])");
}

asio::awaitable<void> page_in_place_of_json(tour& t)
{
    return me_with_fault(t,
        R"([{"route": "/2/users/me", "status": 200, "body": "<html><body>Something is technically wrong</body></html>"}])");
}

asio::awaitable<void> response_cut_short(tour& t)
{
    return me_with_fault(t, R"([{"route": "/2/users/me", "action": "truncate"}])");
}

asio::awaitable<void> connection_dropped(tour& t)
{
    return me_with_fault(t, R"([{"route": "/2/users/me", "times": 2, "action": "drop"}])");
}

asio::awaitable<void> garbage(tour& t)
{
    return me_with_fault(t, R"([{"route": "/2/users/me", "action": "garbage"}])");
}

asio::awaitable<void> redirect(tour& t)
{
    return me_with_fault(
        t, R"([{"route": "/2/users/me", "status": 302, "headers": {"Location": "https://evil.example/"}}])");
}

asio::awaitable<void> silence(tour& t)
{
    t.sandbox().set_faults(R"([{"route": "/2/users/me", "delay_ms": 60000}])");
    const auto client = t.client_in_a_hurry();
    co_await client.for_user(t.token()).me();
}

asio::awaitable<void> unknown_authority(tour& t)
{
    const auto client = t.client_with_system_authorities();
    co_await client.request_token(callback);
}

asio::awaitable<void> no_server_listens(tour& t)
{
    const auto client = t.client_of("https://127.0.0.1:1");
    co_await client.request_token(callback);
}

asio::awaitable<void> plain_http(tour& t)
{
    const auto client = t.client_of("http://api.example.com");
    co_await client.request_token(callback);
}

struct stop {
    const char* title;
    errc expected;
    asio::awaitable<void> (*provoke)(tour&);
};

constexpr stop stops[] = {
    {"The consumer secret is wrong", errc::invalid_credentials, wrong_consumer_secret},
    {"The callback is not registered for this app", errc::callback_refused, callback_not_registered},
    {"The provider does not confirm the callback", errc::callback_not_confirmed, callback_not_confirmed},
    {"The verifier is not the one of this login", errc::invalid_verifier, wrong_verifier},
    {"The clock is off by two hours", errc::clock_skew, clock_off_by_two_hours},
    {"The access token was revoked", errc::token_revoked, token_revoked},
    {"No user has that name", errc::not_found, no_user_of_that_name},
    {"The user is suspended", errc::suspended, suspended_user},
    {"The name can't be one", errc::invalid_argument, no_such_name},
    {"The rate limit is exhausted", errc::rate_limited, rate_limit_exhausted},
    {"The same tweet twice", errc::duplicate, posted_twice},
    {"The provider is over capacity", errc::provider_unavailable, provider_down},
    {"A page in place of JSON", errc::malformed_response, page_in_place_of_json},
    {"The response is cut short", errc::connection_lost, response_cut_short},
    {"The connection is dropped", errc::connection_lost, connection_dropped},
    {"The response is garbage", errc::malformed_response, garbage},
    {"The response is a redirect", errc::unexpected_redirect, redirect},
    {"The provider is silent", errc::timeout, silence},
    {"The certificate's authority is unknown", errc::tls_failed, unknown_authority},
    {"No server listens there", errc::connect_failed, no_server_listens},
    {"Plain http to a host that is not this machine", errc::invalid_argument, plain_http},
};

void print(const stop& s, const coauth::error& e, bool json)
{
    if (json) {
        auto line = program::error_json(e);
        line["case"] = s.title;
        coauth::command_line::print(boost::json::serialize(line) + '\n');
    } else {
        coauth::command_line::print(std::string(s.title) + '\n' + coauth::describe(e) + '\n');
    }
}

asio::awaitable<int> walk(tour& t, bool json)
{
    int exit_code = program::done;
    for (const stop& s : stops) {
        t.sandbox().reset();
        t.sandbox().set_clock_skew(std::chrono::seconds(0));
        const auto outcome = co_await coauth::as_result(s.provoke(t));
        const auto error = outcome ? coauth::error(errc::unknown, "nothing went wrong") : outcome.error();
        print(s, error, json);
        if (error.reason() != s.expected) {
            std::cerr << s.title << ": expected " << coauth::name(s.expected) << ", got "
                      << coauth::name(error.reason()) << '\n';
            exit_code = program::failed;
        }
    }
    co_return exit_code;
}

int run(bool& json, int argc, char** argv)
{
    CLI::App app("Shows what goes wrong in a login and after it, and what coauth says then. Each case is made on a "
                 "sandbox inside this program.",
        "errors");
    app.add_flag("--json", json, "Print a line of JSON for each case");
    if (const auto exit_code =
            program::parse_flags(app, argc, argv, "errors\nerrors --json", "a case ended in another way than it says"))
        return *exit_code;

    program::require_open_files();
    asio::io_context io;
    tour t(io);
    return program::run(io, json, walk(t, json));
}

} // namespace

int main(int argc, char** argv)
{
    bool json = false;
    return program::guard(json, [&] { return run(json, argc, argv); });
}
