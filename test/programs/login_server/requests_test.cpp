// Which requests are refused, and how often a browser may begin a login.
#include "programs/login_server/site_fixture.hpp"

using namespace testing;

TEST_CASE("login_server origin: no other site can press a button here, and an image uses nothing up")
{
    site_fixture s(approving());
    browser ada(s);
    ada.sign_in();
    const auto before = s.request_tokens();
    for (const char* target : {"/login", "/logout", "/profile"}) {
        CAPTURE(std::string(target));
        request cross = ada.post(target);
        cross.headers.set("Sec-Fetch-Site", "cross-site");
        CHECK(ada.ask(cross).status == 403);
        cross.headers.set("Sec-Fetch-Site", "same-site");
        CHECK(ada.ask(cross).status == 403);
    }
    request old_browser = ada.get("/login");
    old_browser.method = "POST";
    old_browser.headers.add("Origin", "https://evil.example");
    CHECK(ada.ask(old_browser).status == 403);
    const response image = ada.ask(ada.get("/login"));
    CHECK(image.status == 303);
    CHECK(header(image, "Location") == origin + "/");
    CHECK(ada.ask(ada.get("/logout")).status == 303);
    CHECK(s.request_tokens() == before);
    CHECK(ada.signed_in());
}

TEST_CASE("login_server origin: a browser that hides it gets the reason, and no button that fails again")
{
    site_fixture s(approving());
    browser ada(s);
    request form = ada.get("/login");
    form.method = "POST";
    form.headers.add("Origin", "null");
    const response hidden = ada.ask(form);
    CHECK(hidden.status == 403);
    CHECK(has(hidden.body, "does not say where the form came from"));
    CHECK_FALSE(has(hidden.body, "action=\"/login\""));
    form.headers.set("Origin", "https://evil.example");
    CHECK(has(ada.ask(form).body, "action=\"/login\""));
    form.headers.set("Origin", origin);
    CHECK(ada.ask(form).status == 303);
}

TEST_CASE("login_server callback: one that is fetched ahead uses no login up")
{
    site_fixture s(approving());
    browser ada(s);
    const std::string callback = ada.allow();
    for (const auto& [name, value] : {std::pair("Sec-Purpose", "prefetch;prerender"), std::pair("Purpose", "prefetch"),
             std::pair("X-Moz", "prefetch"), std::pair("X-Purpose", "preview")}) {
        request ahead = ada.get(callback);
        ahead.headers.add(name, value);
        const response refused = ada.ask(ahead);
        CHECK(refused.status == 503);
        CHECK(has(header(refused, "Vary"), "Sec-Purpose"));
    }
    CHECK(s.exchanges() == 0);
    CHECK(ada.ask(ada.get(callback)).status == 303);
    CHECK(ada.signed_in());
}

TEST_CASE("login_server log: each login is one line, without a secret")
{
    site_fixture s(approving());
    browser ada(s, "192.0.2.1");
    const std::string callback = ada.allow();
    ada.ask(ada.get(callback));
    REQUIRE(s.logins.size() == 1);
    CHECK(has(s.logins[0], "Z login outcome=granted provider=x user=" + s.user_id_of("user_3") + " address=192.0.2.1"));
    CHECK_FALSE(has(s.logins[0], "oauth"));
    ada.ask(ada.get(callback));
    REQUIRE(s.logins.size() == 2);
    CHECK(has(s.logins[1], "login outcome=replayed provider=x user=- address=192.0.2.1"));
    browser bob(s, "192.0.2.2");
    bob.ask(bob.get("/callback?oauth_token=x&oauth_verifier=y")); // a stranger's, and never a login
    bob.ask(bob.get("/callback?x"));
    CHECK(s.logins.size() == 2);
    s.sandbox.set_faults(R"([{"route":"/oauth/access_token","status":503}])");
    bob.ask(bob.get(bob.allow()));
    REQUIRE(s.logins.size() == 3);
    CHECK(has(s.logins[2], "login outcome=failed cause=provider_unavailable provider=x user=- address=192.0.2.2"));
    const std::string metrics = s.run(s.site->logins().metrics({})).value();
    CHECK(has(metrics, "coauth_login_leg_failures_total{leg=\"end\",cause=\"provider_unavailable\"} 1\n"));
    CHECK(has(metrics, "coauth_login_leg_seconds_count{leg=\"begin\"} 2\n"));
    CHECK(has(metrics, "coauth_login_leg_seconds_bucket{leg=\"begin\",le=\"+Inf\"} 2\n"));
}

TEST_CASE("login_server pages: the site has a name and an icon")
{
    login_server::site_options named = unlimited_options();
    named.logins.name = "Ada & Bob's";
    site_fixture s(approving(), named);
    browser ada(s);
    const response page = ada.ask(ada.get("/"));
    CHECK(has(page.body, "Ada &amp; Bob&#39;s</bdi></a>"));
    CHECK(has(page.body, "<title>Sign in - Ada &amp; Bob&#39;s</title>"));
    const response icon = ada.ask(ada.get("/favicon.ico"));
    CHECK(icon.status == 200);
    CHECK(header(icon, "Content-Type") == "image/png");
    CHECK(icon.body.starts_with("\x89PNG"));
    site_fixture unnamed;
    browser bob(unnamed);
    CHECK(has(bob.ask(bob.get("/")).body, "127.0.0.1</bdi></a>"));
}

TEST_CASE("login_server pages: unknown addresses and methods get a page of the site")
{
    site_fixture s;
    browser ada(s);
    for (const char* target : {"/nothing", "/profile/", "/login/y", "/callback/", "/waiting", "/waiting/", "/waiting/x",
             "//evil.example", "/index.html", "/%2e%2e/etc/passwd"}) {
        CAPTURE(std::string(target));
        const response missing = ada.ask(ada.get(target));
        CHECK(missing.status == 404);
        CHECK(has(missing.body, "<h1>"));
        CHECK(has(header(missing, "Content-Security-Policy"), "frame-ancestors 'none'"));
    }
    request odd = ada.get("/");
    for (const char* method : {"DELETE", "PUT", "OPTIONS", "TRACE", "get", "PATCH"}) {
        odd.method = method;
        const response refused = ada.ask(odd);
        CHECK(refused.status == 405);
        CHECK(header(refused, "Allow") == "GET, HEAD");
    }
    odd.method = "HEAD";
    CHECK(ada.ask(odd).status == 200);
    CHECK(ada.ask(ada.get("/healthz")).body == "ok\n");
}

TEST_CASE("login_server pages: all have the same headers")
{
    site_fixture s(approving());
    browser ada(s);
    browser eve(s);
    ada.sign_in();
    for (const response& page :
        {eve.ask(eve.get("/")), ada.ask(ada.get("/")), ada.ask(ada.get("/profile")), eve.ask(eve.get("/callback")),
            eve.ask(eve.get("/none")), eve.ask(eve.post("/profile")), ada.ask(ada.post("/profile", "x=y")),
            eve.ask(eve.get(eve.press("/login?window=new").substr(origin.size())))}) {
        CAPTURE(page.status);
        const std::string policy = header(page, "Content-Security-Policy");
        CHECK(
            policy.starts_with("default-src 'none'; base-uri 'none'; frame-ancestors 'none'; img-src 'self' https:;"));
        CHECK(has(policy, "form-action 'self' https:"));
        CHECK_FALSE(has(policy, "unsafe"));
        CHECK(header(page, "X-Frame-Options") == "DENY");
        CHECK(header(page, "X-Content-Type-Options") == "nosniff");
        CHECK(header(page, "Referrer-Policy") == "no-referrer");
        CHECK(header(page, "Cache-Control") == "no-store");
        CHECK_FALSE(has(page.body, "<script"));
    }
}

TEST_CASE("login_server host: the site responds under its own name only")
{
    site_fixture s;
    browser ada(s);
    for (const char* host : {"LOCALHOST:1", "localhost:1", "evil.example", "127.0.0.1", "127.0.0.1:10", ""}) {
        CAPTURE(std::string(host));
        request r = ada.get("/profile");
        r.headers.set("Host", host);
        const response elsewhere = ada.ask(r);
        CHECK(elsewhere.status == 303);
        CHECK(header(elsewhere, "Location") == origin + "/");
        request post = ada.post("/login");
        post.headers.set("Host", host);
        CHECK(ada.ask(post).status == 421);
        request health = ada.get("/healthz");
        health.headers.set("Host", host);
        CHECK(ada.ask(health).status == 200);
    }
    CHECK(s.request_tokens() == 0);
    // A stranger can send as many as they like, and fills no log.
    REQUIRE(s.logged.size() == 1);
    CHECK(has(s.logged[0], "its Host is \"LOCALHOST:1\" and not this site's, 127.0.0.1:1"));
    s.clock->skip(std::chrono::minutes(1));
    request r = ada.get("/profile");
    r.headers.set("Host", "evil.example");
    ada.ask(r);
    REQUIRE(s.logged.size() == 2);
    CHECK(has(s.logged[1], "11 more like it"));
}

TEST_CASE("login_server host: its own name in another spelling is its name")
{
    login_server::site_options options = unlimited_options();
    options.origin = coauth::http::parse_base_url("https://example.org").value().origin;
    for (const char* host : {"example.org", "Example.ORG", "example.org:443", "example.org.", "EXAMPLE.org.:443"}) {
        CAPTURE(std::string(host));
        site_fixture s(approving(), options);
        browser ada(s);
        request callback = ada.get("/callback?oauth_token=x&oauth_verifier=y");
        callback.headers.set("Host", host);
        CHECK(ada.ask(callback).status == 400); // read as a callback, and not sent elsewhere
        request post = ada.post("/login");
        post.headers.set("Host", host);
        CHECK(ada.ask(post).status == 303);
        CHECK(s.logged.empty());
    }
}

TEST_CASE("login_server limits: one address begins so many logins and no more, and does not hold up others")
{
    login_server::site_options strict;
    strict.logins.begins.of_address = coauth::site::bucket_size(3, std::chrono::seconds(3));
    site_fixture s(approving(), strict);
    for (int i = 0; i < 3; ++i) {
        browser flooder(s, "127.0.0.9");
        flooder.press();
    }
    browser flooder(s, "127.0.0.9");
    const response refused = flooder.ask(flooder.post("/login"));
    CHECK(refused.status == 429);
    CHECK(header(refused, "Retry-After") == "3");
    CHECK(has(refused.body, "Too many sign-ins"));
    CHECK(s.request_tokens() == 3);
    browser ada(s, "127.0.0.10");
    ada.sign_in();
    s.clock->skip(std::chrono::seconds(4));
    flooder.press();
    CHECK(s.request_tokens() == 5);
}

TEST_CASE("login_server limits: all addresses together begin so many logins and no more")
{
    login_server::site_options strict;
    strict.logins.begins.of_all = coauth::site::bucket_size(5, std::chrono::seconds(60));
    site_fixture s(approving(), strict);
    for (int i = 0; i < 5; ++i) {
        browser each(s, "127.0.1." + std::to_string(i));
        each.press();
    }
    browser next(s, "127.0.1.9");
    const response refused = next.ask(next.post("/login"));
    CHECK(refused.status == 503);
    CHECK(header(refused, "Retry-After") == "60");
    CHECK(s.request_tokens() == 5);
}

TEST_CASE("login_server limits: newcomers begin so many logins and no more, and a browser that was sent a page at its "
          "address begins all the same")
{
    login_server::site_options strict;
    strict.logins.begins.of_newcomers = coauth::site::bucket_size(2, std::chrono::seconds(60));
    site_fixture s(approving(), strict);
    browser early(s, "127.0.2.1");
    early.ask(early.get("/"));
    CHECK(early.jar["coauth_address"].size() == 48);
    for (int i = 0; i < 2; ++i) {
        browser each(s, "127.0.1." + std::to_string(i));
        each.press();
    }
    browser flooder(s, "127.0.1.9");
    const response refused = flooder.ask(flooder.post("/login"));
    CHECK(refused.status == 503);
    CHECK(header(refused, "Retry-After") == "60");
    CHECK(has(refused.body, "Too many sign-ins"));
    CHECK(s.request_tokens() == 2);
    early.sign_in();
    // The page that refuses is a page with a button, and the first one may be younger than the flood.
    flooder.sign_in();
    browser late(s, "127.0.2.2");
    late.ask(late.get("/"));
    late.sign_in();

    struct {
        const char* name;
        const char* address;
        std::string token;
        int status;
    } const rows[] = {
        {"none", "127.0.3.1", "", 503},
        {"another address's", "127.0.3.2", early.jar["coauth_address"], 503},
        {"its own", "127.0.2.1", early.jar["coauth_address"], 303},
        {"made up", "127.0.3.3", std::string(48, '0'), 503},
        {"no token", "127.0.3.4", "%00", 503},
    };
    for (const auto& row : rows) {
        CAPTURE(std::string(row.name));
        browser b(s, row.address);
        b.jar["coauth_address"] = row.token;
        CHECK(b.ask(b.post("/login")).status == row.status);
    }
    request twice = early.post("/login");
    twice.headers.add("Cookie", "coauth_address=" + early.jar["coauth_address"]);
    CHECK(early.ask(twice).status == 503);

    // A page that was left open too long gets the browser a new token, and not before it is needed.
    s.clock->skip(std::chrono::minutes(29));
    CHECK(early.ask(early.get("/callback")).headers.count("Set-Cookie") == 0);
    browser open(s, "127.0.2.1");
    open.jar["coauth_address"] = early.jar["coauth_address"];
    open.ask(open.get("/"));
    CHECK(open.jar["coauth_address"] == early.jar["coauth_address"]);
    s.clock->skip(std::chrono::minutes(2));
    open.ask(open.get("/"));
    CHECK(open.jar["coauth_address"] != early.jar["coauth_address"]);
    s.clock->skip(std::chrono::minutes(30));
    browser stale(s, "127.0.2.1");
    stale.jar["coauth_address"] = early.jar["coauth_address"];
    stale.press(); // a newcomer again, whose share is free again by now
    CHECK(stale.ask(stale.post("/login", "page=other")).status == 303);
    CHECK(stale.ask(stale.post("/login", "page=another")).status == 503);
    CHECK(open.ask(open.post("/login")).status == 303);
}

TEST_CASE("login_server limits: a browser that keeps no cookies begins a login while there are few others")
{
    site_fixture s(approving());
    browser ada(s);
    ada.ask(ada.get("/"));
    ada.jar.clear();
    CHECK(ada.ask(ada.post("/login")).status == 303);
}

TEST_CASE("login_server limits: a full table of logins refuses new ones and drops no pending one")
{
    login_server::site_options small = unlimited_options();
    small.logins.session.login_limits.max_pending = 2;
    site_fixture s(approving(), small);
    browser ada(s);
    browser bob(s);
    browser eve(s);
    const std::string first = ada.allow();
    const std::string second = bob.allow();
    const response full = eve.ask(eve.post("/login"));
    CHECK(full.status == 503);
    CHECK(header(full, "Retry-After") == "60");
    CHECK(s.request_tokens() == 2);
    CHECK(ada.ask(ada.get(first)).status == 303);
    CHECK(bob.ask(bob.get(second)).status == 303);
    eve.sign_in();
}

TEST_CASE("login_server proxy: its word for the client's address counts only if the proxy sent it")
{
    login_server::site_options strict;
    strict.logins.proxy = "127.0.0.99";
    strict.logins.begins.of_address = coauth::site::bucket_size(1, std::chrono::seconds(60));
    site_fixture s(approving(), strict);
    const auto status = [&s](const char* peer, const char* forwarded) {
        browser b(s, peer);
        request r = b.post("/login");
        r.headers.add("X-Forwarded-For", forwarded);
        return b.ask(r).status;
    };
    CHECK(status("127.0.0.99", "192.0.2.1") == 303);
    CHECK(status("127.0.0.99", "198.51.100.7, 192.0.2.1") == 429); // what stands in front may be a lie
    CHECK(status("127.0.0.99", "192.0.2.2") == 303);
    CHECK(status("127.0.0.1", "192.0.2.3") == 303);
    CHECK(status("127.0.0.1", "192.0.2.4") == 429);
    CHECK(s.logged.empty());
    // However the proxy writes it.
    for (const char* forwarded : {"192.0.2.10:50123", "\"[2001:db8:1::1]:443\"", "[2001:db8:2::1]", "\t192.0.2.11\t",
             "192.0.2.12, ", "\"192.0.2.13\""}) {
        CAPTURE(std::string(forwarded));
        CHECK(status("127.0.0.99", forwarded) == 303);
    }
    CHECK(s.logged.empty());
    // What can't be read shares the proxy's allowance, and the operator learns why, once a minute.
    CHECK(status("127.0.0.99", "unknown") == 303);
    CHECK(status("127.0.0.99", "_hidden") == 429);
    REQUIRE(s.logged.size() == 1);
    CHECK(has(s.logged[0], "the last element of X-Forwarded-For is not an IP address"));
}
