// Logins of a site with two providers, without a network.
#include "unit/session/echo_provider.hpp"
#include "unit/store/store_bench.hpp"

#include <coauth/http/origin.hpp>
#include <coauth/site/login_site.hpp>
#include <coauth/store/memory_store.hpp>

#include <doctest/doctest.h>

#include <functional>
#include <map>

using namespace std::chrono_literals;
using coauth::errc;
using coauth::site::login_site;
using coauth::site::login_site_options;
namespace asio = boost::asio;
namespace server = coauth::server;

namespace {

/// A provider with a name, that keeps the callback URLs it was given.
class named_provider final : public coauth::testing::echo_provider {
public:
    explicit named_provider(std::string name) : name_(std::move(name)) {}

    std::string_view name() const noexcept override { return name_; }

    asio::awaitable<coauth::oauth1::request_token> begin(std::string callback) override
    {
        callbacks.push_back(callback);
        return echo_provider::begin(std::move(callback));
    }

    std::vector<std::string> callbacks;

private:
    std::string name_;
};

login_site_options options_of_test(const std::shared_ptr<coauth::clock>& time)
{
    login_site_options options;
    options.clock = time;
    return options;
}

class login_site_fixture {
public:
    login_site_fixture() : login_site_fixture([](login_site_options&) {}) {}
    explicit login_site_fixture(const std::function<void(login_site_options&)>& change)
    {
        login_site_options options = options_of_test(bench.clock);
        options.log = [this](const std::string& line) { lines.push_back(line); };
        change(options);
        const std::vector<std::shared_ptr<coauth::login_provider>> providers{x, other};
        logins.emplace(bench.io.get_executor(), "https://example.org", providers, std::move(options));
    }

    server::request make(std::string method, std::string target) const
    {
        server::request r;
        r.method = std::move(method);
        r.target = std::move(target);
        r.peer = "192.0.2.1";
        r.headers.add("Host", "example.org");
        std::string cookies;
        for (const auto& [name, value] : jar)
            cookies += (cookies.empty() ? "" : "; ") + name + '=' + value;
        if (!cookies.empty())
            r.headers.add("Cookie", cookies);
        return r;
    }

    /// Keeps the cookies; empty if the site did not handle it.
    std::optional<server::response> handle(server::request r)
    {
        auto handled = bench.run(logins->handle(std::move(r))).value();
        if (handled)
            keep_cookies(*handled);
        return handled;
    }

    void keep_cookies(const server::response& page)
    {
        for (const auto& [field, text] : page.headers) {
            if (field != "Set-Cookie")
                continue;
            const auto equals = text.find('=');
            jar[text.substr(0, equals)] = text.substr(equals + 1, text.find(';') - equals - 1);
        }
    }

    /// Presses a button; returns the provider's token of the login.
    std::string begin(const std::string& target)
    {
        const auto pressed = handle(make("POST", target));
        REQUIRE(pressed);
        REQUIRE(pressed->status == 303);
        const std::string url(pressed->headers.get("Location"));
        return url.substr(url.find("oauth_token="));
    }

    /// Signs in as the user of this id; returns where it ends.
    std::string sign_in(const std::string& name, const std::string& id, const std::string& query = {})
    {
        const std::string token = begin("/login/" + name + query);
        const auto done = handle(make("GET", "/callback/" + name + '?' + token + "&oauth_verifier=" + id));
        REQUIRE(done);
        REQUIRE(done->status == 303);
        return std::string(done->headers.get("Location"));
    }

    std::optional<coauth::signed_in_user> user() { return bench.run(logins->user(make("GET", "/"))).value(); }

    coauth::testing::store_bench bench;
    std::shared_ptr<named_provider> x = std::make_shared<named_provider>("x");
    std::shared_ptr<named_provider> other = std::make_shared<named_provider>("other");
    std::map<std::string, std::string> jar;
    std::vector<std::string> lines;
    std::optional<login_site> logins;
};

bool contains(std::string_view text, std::string_view part)
{
    return text.find(part) != std::string_view::npos;
}

} // namespace

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

TEST_CASE("login_site: a callback of one provider finishes no login of another")
{
    login_site_fixture f;
    const std::string token = f.begin("/login/other");
    for (const char* target : {"/callback?", "/callback/x?"}) {
        const auto refused = f.handle(f.make("GET", target + token + "&oauth_verifier=1"));
        REQUIRE(refused);
        CHECK(refused->status == 400);
    }
    CHECK(f.x->exchanges == 0);
    CHECK_FALSE(f.user());
    CHECK(f.handle(f.make("GET", "/callback/other?" + token + "&oauth_verifier=1"))->status == 303);
    CHECK(f.user()->provider == "other");
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

TEST_CASE("login_site: it may be destroyed, and its context after it, while a page waits")
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
    f.logins.reset();
    f.bench.io.poll();
    CHECK_FALSE(ended);
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

TEST_CASE("login_site: buttons are one form, with a page number, a button for each provider, and a path of the site")
{
    login_site_fixture f([](login_site_options& options) { options.provider_titles["other"] = "A & B"; });
    const std::string html = f.logins->buttons();
    CHECK(contains(html, "<form method=\"post\" action=\"/login\">"));
    CHECK(contains(html, "<button class=\"yes\">Sign in with X</button>"));
    CHECK(contains(html, "<button class=\"yes\" formaction=\"/login/other\">Sign in with A &amp; B</button>"));
    const auto number = html.find("name=\"page\" value=\"");
    REQUIRE(number != std::string::npos);
    CHECK(html.substr(number, 40) != f.logins->buttons().substr(number, 40));
    const std::string with_path = f.logins->buttons("/a?b=c");
    CHECK(contains(with_path, "action=\"/login?return=%2Fa%3Fb%3Dc\""));
    CHECK(contains(with_path, "formaction=\"/login/other?return=%2Fa%3Fb%3Dc\""));
    CHECK_FALSE(contains(f.logins->buttons("//evil.example"), "return="));
}

TEST_CASE("login_site: a page with buttons sets the cookies that they need, and any other page none")
{
    login_site_fixture f;
    const server::page content(200, "Front", "<p>" + f.logins->buttons() + "</p>");
    CHECK(f.logins->page(content).headers.count("Set-Cookie") == 0);
    const auto page = f.logins->sign_in_page(f.make("GET", "/"), content);
    CHECK(page.headers.count("Set-Cookie") == 2);
    CHECK(contains(page.body, "<title>Front - example.org</title>"));
    CHECK(contains(page.headers.get("Content-Security-Policy"), "form-action 'self' https:"));
    f.keep_cookies(page);
    CHECK(f.jar.count("__Host-coauth_login") == 1);
    CHECK(f.jar.count("__Host-coauth_address") == 1);
    CHECK(f.logins->sign_in_page(f.make("GET", "/"), content).headers.count("Set-Cookie") == 0);
    const std::string binding = f.jar["__Host-coauth_login"];
    f.begin("/login/other");
    CHECK(f.jar["__Host-coauth_login"] == binding);
}

TEST_CASE("login_site: a notice has buttons, or for a signed-in user a link to go on")
{
    login_site_fixture f([](login_site_options& options) {
        options.after_login = "/home";
        options.after_login_title = "your <home>";
    });
    const coauth::site::notice content(404, "Not <here>", "Nothing", "Try it");
    auto page = f.bench.run(f.logins->notice_page(f.make("GET", "/"), content)).value();
    CHECK(page.status == 404);
    CHECK(contains(page.body, "<h1>Not &lt;here&gt;</h1>"));
    CHECK(contains(page.body, "action=\"/login\""));
    CHECK(contains(page.body, "Try it"));
    CHECK(f.sign_in("x", "1") == "https://example.org/home");
    page = f.bench.run(f.logins->notice_page(f.make("GET", "/"), content)).value();
    CHECK_FALSE(contains(page.body, "action=\"/login\""));
    CHECK(contains(page.body, "<a href=\"/home\">go on to your &lt;home&gt;</a>"));
    CHECK_FALSE(contains(page.body, "Try it"));
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
        [](site_inputs& i) { i.options.session.tokens = coauth::store::memory_token_store(); },
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
        [](site_inputs& i) {
            add_provider(i, "other");
            i.options.session.tokens = coauth::store::memory_token_store();
        },
        [](site_inputs& i) {
            add_provider(i, "other");
            i.options.session.logins = coauth::store::memory_login_store();
        },
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
