// Logins of a site with several providers, without a network.
#include "unit/site/failing_visitors.hpp"
#include "unit/site/login_site_fixture.hpp"

#include <coauth/store/memory_store.hpp>

#include <stdexcept>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using namespace coauth::testing;
using coauth::errc;
using coauth::site::login_site;
using coauth::site::login_site_options;
namespace asio = boost::asio;
namespace server = coauth::server;

TEST_CASE("login_site: users sign in with each provider, under (provider, id)")
{
    login_site_fixture f;
    CHECK_FALSE(f.user());
    CHECK(f.sign_in("x", "1") == "https://example.org/");
    REQUIRE(f.user());
    CHECK(f.user()->provider == "x");
    CHECK(f.user()->id == "1");
    CHECK(coauth::site::shown_name(*f.user()) == "user_1");
    // The next login in the same browser is the visit of another user, and the one before has left.
    CHECK(f.sign_in("other", "1", "?return=/a?b=c") == "https://example.org/a?b=c");
    CHECK(f.user()->provider == "other");
    CHECK(f.bench.run(f.logins->session("x").profile("1", coauth::user_ref::id("1"))).error().reason() ==
          errc::unknown_user);
    CHECK(f.bench.run(f.logins->session("other").profile("1", coauth::user_ref::id("1"))).value().id == "1");
    CHECK(f.x->callbacks == std::vector<std::string>{"https://example.org/callback"});
    CHECK(f.other->callbacks == std::vector<std::string>{"https://example.org/callback/other"});
    REQUIRE(f.lines.size() == 2);
    CHECK(contains(f.lines[0], "login outcome=granted provider=x user=1 address=192.0.2.1"));
    CHECK(contains(f.lines[1], "login outcome=granted provider=other user=1 address=192.0.2.1"));
    CHECK_THROWS_AS(f.logins->session("none"), coauth::error);

    const auto out = f.handle(f.make("POST", "/logout"));
    REQUIRE(out);
    CHECK(out->status == 303);
    CHECK(out->headers.get("Location") == "https://example.org/");
    CHECK_FALSE(f.user());
    CHECK(f.bench.run(f.logins->session("other").profile("1", coauth::user_ref::id("1"))).error().reason() ==
          errc::unknown_user);
}

TEST_CASE("login_site: the first provider has the short addresses, too")
{
    login_site_fixture f;
    const std::string token = f.begin("/login");
    CHECK(f.x->callbacks.size() == 1);
    CHECK(f.handle(f.make("GET", "/callback?" + token + "&oauth_verifier=7"))->status == 303);
    CHECK(f.user()->provider == "x");
    for (const char* target : {"/login/none", "/callback/none?a=b", "/", "/profile", "/login/other/", "/waiting"})
        CHECK_FALSE(f.handle(f.make("GET", target)));
}

TEST_CASE("login_site: a provider with code and state, and no directory, signs users in as any other")
{
    login_site_fixture f;
    f.code->expected_callback = "https://example.org/callback/code";
    const auto begin = [&f](const std::string& target) {
        const auto pressed = f.handle(f.make("POST", target));
        REQUIRE(pressed);
        const std::string url(pressed->headers.get("Location"));
        REQUIRE(url.starts_with("https://code.example/authorize?response_type=code&state="));
        const auto state = url.find("state=");
        return url.substr(state, url.find('&', state) - state);
    };
    const std::string state = begin("/login/code?return=/next");
    for (const char* forged : {"code=7", "code=7&code=8&", "code=7&error=x&", "state=other&code=7", "%"}) {
        CAPTURE(std::string(forged));
        const std::string query = std::string(forged).ends_with('&') ? forged + state : forged;
        CHECK(f.handle(f.make("GET", "/callback/code?" + query))->status == 400);
    }
    CHECK(f.handle(f.make("GET", "/callback?" + state + "&code=7"))->status == 400);
    CHECK(f.code->exchanges == 0);
    const auto done = f.handle(f.make("GET", "/callback/code?code=7&" + state));
    REQUIRE(done);
    CHECK(done->status == 303);
    CHECK(done->headers.get("Location") == "https://example.org/next");
    REQUIRE(f.user());
    CHECK(f.user()->key() == coauth::user_key("code", "7"));
    CHECK(f.user()->username == "");
    CHECK(coauth::site::shown_name(*f.user()) == "Name of 7");
    CHECK(f.handle(f.make("GET", "/callback/code?code=7&" + state))->status == 410);
    CHECK(f.bench.run(f.logins->session("code").me("7")).value().name == "Name of 7");
    CHECK(f.bench.run(f.logins->session("code").profile("7", coauth::user_ref("jack"))).error().reason() ==
          errc::invalid_argument);

    const auto denied = f.handle(f.make("GET", "/callback/code?error=access_denied&" + begin("/login/code")));
    REQUIRE(denied);
    CHECK(denied->status == 200);
    CHECK(contains(denied->body, "You did not sign in"));
    CHECK(f.code->exchanges == 1);
}

TEST_CASE("login_site: each login that is granted is reported, and an exception of the report costs nothing")
{
    std::vector<coauth::user_key> reported;
    login_site_fixture f([&reported](login_site_options& options) {
        options.on_login = [&reported](const coauth::signed_in_user& user) {
            reported.push_back(user.key());
            throw std::runtime_error("no space left");
        };
    });
    f.sign_in("x", "1");
    f.sign_in("other", "1");
    f.sign_in("x", "1");
    const std::string token = f.begin("/login/x");
    f.handle(f.make("GET", "/callback/x?denied=" + token.substr(token.find('=') + 1)));
    f.handle(f.make("GET", "/callback/x?" + token + "&oauth_verifier=2"));
    const std::vector<coauth::user_key> expected{{"x", "1"}, {"other", "1"}, {"x", "1"}};
    CHECK(reported == expected);
    CHECK(f.user()->id == "1");
}

TEST_CASE("login_site: ends that a client can cause at will are in the log once a minute each")
{
    login_site_fixture f;
    const auto callback = [&f](const std::string& token) {
        return f.handle(f.make("GET", "/callback/x?" + token + "&oauth_verifier=7"))->status;
    };
    const auto repeat = [&](const std::string& token, int status) {
        for (int time = 0; time < 3; ++time)
            CHECK(callback(token) == status);
    };
    const std::string first = f.begin("/login/x");
    const auto own = std::exchange(f.jar, {});
    repeat(first, 400);
    REQUIRE(f.lines.size() == 1);
    CHECK(contains(f.lines[0], " login outcome=wrong_browser provider=x "));
    f.jar = own;
    CHECK(callback(first) == 303);
    repeat(first, 410);
    REQUIRE(f.lines.size() == 3);
    CHECK(contains(f.lines[1], " login outcome=granted "));
    CHECK(contains(f.lines[2], " login outcome=replayed "));

    const std::string second = f.begin("/login/x");
    f.bench.clock->advance(10min);
    repeat(second, 410);
    REQUIRE(f.lines.size() == 4);
    CHECK(contains(f.lines[3], " login outcome=expired "));
    f.bench.clock->advance(1min);
    CHECK(callback(second) == 410);
    CHECK(contains(f.lines.back(), " (and 2 more like it)"));
}

TEST_CASE("login_site: a login in another window is waited for at its provider")
{
    login_site_fixture f([](login_site_options& options) { options.longest_poll = 1ms; });
    const auto pressed = f.handle(f.make("POST", "/login/other?window=new&return=/next"));
    REQUIRE(pressed);
    const std::string url(pressed->headers.get("Location"));
    REQUIRE(url.starts_with("https://example.org/waiting/"));
    const std::string path = url.substr(std::string("https://example.org").size());
    const auto page = f.handle(f.make("GET", path));
    REQUIRE(page);
    const auto token = page->body.find("oauth_token=");
    REQUIRE(token != std::string::npos);
    const std::string query = page->body.substr(token, page->body.find('"', token) - token);
    CHECK(f.handle(f.make("GET", "/callback/other?" + query + "&oauth_verifier=1"))->status == 303);
    const auto done = f.handle(f.make("GET", path + "?more"));
    REQUIRE(done);
    CHECK(done->headers.get("Location") == "https://example.org/next");
}

TEST_CASE("login_site: destroyed while a page waits, it ends that")
{
    login_site_fixture f;
    const auto pressed = f.handle(f.make("POST", "/login/other?window=new"));
    REQUIRE(pressed);
    const std::string url(pressed->headers.get("Location"));
    const std::string path = url.substr(std::string("https://example.org").size());
    bool ended = false;
    asio::co_spawn(f.bench.io, f.logins->handle(f.make("GET", path + "?more")),
        [&ended](const std::exception_ptr&, const std::optional<server::response>&) { ended = true; });
    f.bench.io.restart();
    f.bench.io.poll();
    CHECK_FALSE(ended);
    f.logins.reset();
    f.bench.io.restart();
    f.bench.io.poll();
    CHECK(ended);
}

TEST_CASE("login_site: requests of the site's own are its own, but for those from another site or host")
{
    login_site_fixture f;
    struct {
        const char* method;
        const char* field;
        const char* value;
        int status; // 0: not handled
    } const rows[] = {
        {"GET", "Sec-Fetch-Site", "cross-site", 0},
        {"HEAD", "Origin", "https://evil.example", 0},
        {"OPTIONS", "Origin", "https://evil.example", 0},
        {"POST", "Sec-Fetch-Site", "same-origin", 0},
        {"POST", "Origin", "https://example.org", 0},
        {"POST", "X-Other", "1", 0},
        {"POST", "Sec-Fetch-Site", "cross-site", 403},
        {"POST", "Sec-Fetch-Site", "same-site", 403},
        {"POST", "Origin", "https://evil.example", 403},
        {"POST", "Origin", "null", 403},
        {"PUT", "Sec-Fetch-Site", "cross-site", 403},
        {"PATCH", "Sec-Fetch-Site", "cross-site", 403},
        {"DELETE", "Origin", "https://evil.example", 403},
    };
    for (const auto& row : rows) {
        CAPTURE(std::string(row.method) + ' ' + row.field + ' ' + row.value);
        server::request r = f.make(row.method, "/own/page");
        r.headers.add(row.field, row.value);
        const auto handled = f.handle(std::move(r));
        CHECK((handled ? handled->status : 0) == row.status);
    }
    for (const char* method : {"GET", "POST"}) {
        server::request r = f.make(method, "/own/page");
        r.headers.set("Host", "evil.example");
        const auto handled = f.handle(std::move(r));
        REQUIRE(handled);
        CHECK(handled->status == (std::string(method) == "GET" ? 303 : 421));
    }
}

TEST_CASE("login_site: metrics are of all providers together")
{
    login_site_fixture f;
    f.sign_in("x", "1");
    f.begin("/login/other");
    const std::string text = f.bench.run(f.logins->metrics()).value();
    CHECK(contains(text, "coauth_logins_begun_total 2\n"));
    CHECK(contains(text, "coauth_logins_ended_total{status=\"granted\"} 1\n"));
    CHECK(contains(text, "coauth_logins_pending 1\n"));
    CHECK(contains(text, "coauth_visitors 1\n"));
}

TEST_CASE("login_site: who is signed in outlives it, in a store of the caller's")
{
    std::shared_ptr<coauth::store::visitor_store> visitors;
    std::map<std::string, std::string> jar;
    {
        login_site_fixture f([&visitors](login_site_options& options) {
            visitors = coauth::store::memory_visitor_store(coauth::store::visitor_limits(), options.clock);
            options.visitors = visitors;
        });
        f.sign_in("other", "1");
        jar = f.jar;
    }
    login_site_fixture restarted([&visitors](login_site_options& options) { options.visitors = visitors; });
    restarted.jar = jar;
    REQUIRE(restarted.user());
    CHECK(restarted.user()->provider == "other");
    restarted.handle(restarted.make("POST", "/logout"));
    CHECK_FALSE(restarted.user());
}

TEST_CASE("login_site: a visitor store that fails costs a page that says so, and no token is kept without a visit")
{
    for (const auto& failure : {failing_visitors::typed(), failing_visitors::untyped()}) {
        std::shared_ptr<failing_visitors> visitors;
        login_site_fixture f([&visitors](login_site_options& options) {
            visitors = std::make_shared<failing_visitors>(options.clock);
            options.visitors = visitors;
        });
        const auto has_token = [&f](const std::string& id) {
            return f.bench.run(f.logins->session("x").profile(id, coauth::user_ref::id(id))).has_value();
        };
        f.sign_in("x", "1");
        const std::string token = f.begin("/login/x");
        visitors->failure = failure;
        const std::vector<server::request> requests{
            f.make("POST", "/logout"), f.make("GET", "/callback?" + token + "&oauth_verifier=2")};
        for (const server::request& r : requests) {
            CAPTURE(r.target);
            const auto page = f.handle(r);
            REQUIRE(page);
            CHECK(page->status == 503);
            CHECK(contains(page->body, "This site is busy"));
            CHECK_FALSE(contains(page->body, "database"));
            CHECK(page->headers.count("Set-Cookie") == 0);
        }
        // What does not need the store to be refused.
        CHECK(f.handle(f.make("GET", "/callback?a=b"))->status == 400);
        CHECK(f.handle(f.make("DELETE", "/login"))->status == 405);
        CHECK_FALSE(f.handle(f.make("GET", "/own")));
        const std::string metrics = f.bench.run(f.logins->metrics()).value();
        CHECK_FALSE(contains(metrics, "coauth_visitors"));
        CHECK(contains(metrics, "coauth_logins_begun_total 2\n"));
        visitors->failure = nullptr;
        CHECK(f.user()->id == "1");
        CHECK(has_token("2"));
        f.bench.clock->advance(60s);
        f.handle(f.make("GET", "/own"));
        CHECK(f.user()->id == "1");
        CHECK(has_token("1"));
        CHECK_FALSE(has_token("2"));
    }
}

TEST_CASE("login_site: what it can't be made of is refused")
{
    struct site_inputs {
        site_inputs() = default;

        std::string origin = "https://example.org";
        std::vector<std::shared_ptr<coauth::login_provider>> providers{std::make_shared<named_provider>("x")};
        login_site_options options;
    };
    using change = void (*)(site_inputs&);
    const auto refused = [](change apply) {
        asio::io_context io;
        site_inputs inputs;
        apply(inputs);
        try {
            const login_site made(io.get_executor(), inputs.origin, inputs.providers, inputs.options);
            return false;
        } catch (const coauth::error& e) {
            return e.reason() == errc::invalid_argument;
        }
    };
    const auto add = [](site_inputs& inputs, const char* name) {
        inputs.providers.push_back(std::make_shared<named_provider>(name));
    };
    static const auto add_provider = add;
    const change good[] = {
        [](site_inputs&) {},
        [](site_inputs& i) { i.origin = "http://127.0.0.1:8080"; },
        [](site_inputs& i) { i.origin = "https://example.org/"; },
        [](site_inputs& i) { add_provider(i, "a-b_9"); },
        [](site_inputs& i) { i.options.proxy = "2001:db8::1"; },
        [](site_inputs& i) {
            add_provider(i, "other");
            i.options.session.tokens = coauth::store::memory_token_store();
            i.options.session.logins = coauth::store::memory_login_store();
        },
    };
    for (const change apply : good)
        CHECK_FALSE(refused(apply));
    const change bad[] = {
        [](site_inputs& i) { i.origin = "http://example.org"; },
        [](site_inputs& i) { i.origin = "https://example.org/app"; },
        [](site_inputs& i) { i.origin = "example.org"; },
        [](site_inputs& i) { i.origin = ""; },
        [](site_inputs& i) { i.providers.clear(); },
        [](site_inputs& i) { i.providers.push_back(nullptr); },
        [](site_inputs& i) { add_provider(i, "x"); },
        [](site_inputs& i) { add_provider(i, ""); },
        [](site_inputs& i) { add_provider(i, "a/b"); },
        [](site_inputs& i) { add_provider(i, "Upper"); },
        [](site_inputs& i) { add_provider(i, "a234567890123456789012345678901234"); },
        [](site_inputs& i) { i.options.after_login = "//evil.example"; },
        [](site_inputs& i) { i.options.after_login = ""; },
        [](site_inputs& i) { i.options.proxy = "proxy.local"; },
        [](site_inputs& i) { i.options.patience = 0ms; },
        [](site_inputs& i) { i.options.longest_poll = -1ms; },
        [](site_inputs& i) { i.options.begins.of_address = coauth::site::bucket_size(0, 1s); },
    };
    int number = 0;
    for (const change apply : bad) {
        CAPTURE(number++);
        CHECK(refused(apply));
    }
}
