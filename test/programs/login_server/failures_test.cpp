// A provider that is down, slow or hostile.
#include "programs/login_server/site_fixture.hpp"
#include "unit/site/failing_visitors.hpp"

#include <stdexcept>

using namespace testing;

namespace {

struct fault {
    const char* name;
    const char* script; // the rest of a scripted fault
    int at_begin;
    int at_finish;
};

const fault faults[] = {
    {"down", R"("status":503)", 502, 502},
    {"broken", R"("status":500)", 502, 502},
    {"gone", R"("action":"drop")", 502, 502},
    {"cut off", R"("action":"truncate")", 502, 502},
    {"not http", R"("action":"garbage")", 502, 502},
    {"a page instead", R"("status":200,"body":"<html>welcome</html>")", 502, 502},
    {"a redirect", R"("status":302,"headers":{"Location":"https://evil.example/"})", 502, 502},
    {"over its limit", R"("status":429,"headers":{"Retry-After":"7"})", 503, 503},
    {"refuses the keys", R"("status":401,"body":"{\"errors\":[{\"code\":32,\"message\":\"no\"}]}")", 502, 400},
    {"refuses the callback", R"("status":403,"body":"{\"errors\":[{\"code\":415,\"message\":\"no\"}]}")", 502, 502},
};

std::string script_of(const char* route, const char* fault_script)
{
    return std::string(R"([{"route":")") + route + R"(","nth":1,"times":1,)" + fault_script + "}]";
}

} // namespace

TEST_CASE("login_server first leg: after any fault of the provider the user gets a page and can try again")
{
    for (const fault& each : faults) {
        CAPTURE(std::string(each.name));
        site_fixture s(approving());
        s.sandbox.set_faults(script_of("/oauth/request_token", each.script));
        browser ada(s);
        const response page = ada.ask(ada.post("/login"));
        CHECK(page.status == each.at_begin);
        CHECK(has(page.body, "<h1>"));
        CHECK(has(page.body, "action=\"/login\""));
        CHECK_FALSE(has(page.body, "evil"));
        CHECK(s.logged.size() == 1);
        CHECK((page.status == 503) == !header(page, "Retry-After").empty());
        ada.sign_in();
        CHECK(ada.signed_in());
    }
}

TEST_CASE("login_server last leg: after any fault of the provider the user gets a page and can try again")
{
    for (const fault& each : faults) {
        CAPTURE(std::string(each.name));
        site_fixture s(approving());
        s.sandbox.set_faults(script_of("/oauth/access_token", each.script));
        browser ada(s);
        const response page = ada.ask(ada.get(ada.allow()));
        CHECK(page.status == each.at_finish);
        CHECK(has(page.body, "action=\"/login\""));
        CHECK(s.logged.size() == (page.status >= 500 ? 1 : 0));
        CHECK_FALSE(ada.signed_in());
        ada.sign_in();
        CHECK(ada.signed_in());
    }
}

TEST_CASE("login_server profile: after any fault of the provider the page shows what is known")
{
    for (const fault& each : faults) {
        if (each.at_finish != 502)
            continue;
        CAPTURE(std::string(each.name));
        site_fixture s(approving());
        browser ada(s);
        ada.ask(ada.get(ada.allow()));
        s.sandbox.set_faults(std::string("[") + R"({"route":"/2/users","nth":1,"times":9,)" + each.script +
                             R"(},{"route":"/2/users/:id/tweets","nth":1,"times":9,)" + each.script + "}]");
        const response page = ada.ask(ada.get("/profile"));
        CHECK(page.status == 200);
        CHECK(has(page.body, "role=\"alert\""));
        CHECK(has(page.body, "@user_3"));
        s.sandbox.set_faults("[]");
        const response later = ada.ask(ada.get("/profile"));
        CHECK_FALSE(has(later.body, "role=\"alert\""));
        CHECK(has(later.body, "class=\"picture\""));
        CHECK(has(later.body, "<li>"));
    }
}

TEST_CASE("login_server profile: a token that the provider no longer accepts signs the user out")
{
    site_fixture s(approving());
    browser ada(s);
    ada.ask(ada.get(ada.allow()));
    s.sandbox.set_faults(script_of(
        "/2/users", R"("status":401,"body":"{\"errors\":[{\"code\":89,\"message\":\"Invalid or expired token\"}]}")"));
    const std::string before = ada.jar["coauth_session"];
    const response page = ada.ask(ada.get("/profile"));
    CHECK(page.status == 401);
    browser elsewhere(s);
    elsewhere.jar["coauth_session"] = before;
    CHECK_FALSE(elsewhere.signed_in());
    CHECK(has(page.body, "sign in again"));
    CHECK_FALSE(ada.signed_in());
    ada.sign_in();
    CHECK(has(ada.ask(ada.get("/profile")).body, "class=\"picture\""));
}

namespace {

/// A login store that fails on demand, with an error that is not coauth's.
class failing_logins final : public coauth::store::login_store {
public:
    using login_store = coauth::store::login_store;

    bool fails = false;

    coauth::store::login_limits limits() const override { return inner_->limits(); }
    boost::asio::awaitable<void> add(coauth::store::pending_login login) override
    {
        return checked().add(std::move(login));
    }
    boost::asio::awaitable<counts> count(coauth::store::browser_digest browser) override
    {
        return checked().count(browser);
    }
    boost::asio::awaitable<coauth::store::taken_login> take(
        coauth::store::login_id id, coauth::store::browser_digest browser) override
    {
        return checked().take(id, browser);
    }
    boost::asio::awaitable<void> end(coauth::store::login_id id, coauth::store::ended_login reached) override
    {
        return checked().end(id, std::move(reached));
    }
    std::shared_ptr<void> watch(watcher notified) override { return inner_->watch(std::move(notified)); }
    boost::asio::awaitable<expiry> expire() override { return inner_->expire(); }

private:
    login_store& checked() const
    {
        if (fails)
            throw std::runtime_error("a user's database");
        return *inner_;
    }

    std::shared_ptr<login_store> inner_ = coauth::store::memory_login_store();
};

} // namespace

TEST_CASE(
    "login_server login store: a failing one costs the metrics its own number, and the user gets a page to try again")
{
    auto options = unlimited_options();
    const auto logins = std::make_shared<failing_logins>();
    options.logins.session.logins = logins;
    site_fixture s(approving(), options);
    browser ada(s);
    ada.press();
    const auto metrics = [&s] { return s.run(s.site->logins().metrics(coauth::server::server_stats())).value(); };
    CHECK(has(metrics(), "coauth_logins_pending 1\n"));
    logins->fails = true;
    CHECK_FALSE(has(metrics(), "coauth_logins_pending"));
    CHECK(has(metrics(), "coauth_logins_begun_total 1\n"));
    CHECK(has(metrics(), "coauth_visitors 0\n"));
    const response page = ada.ask(ada.get("/callback?oauth_token=a&oauth_verifier=b"));
    CHECK(page.status > 500);
    CHECK(has(page.body, "action=\"/login\""));
    CHECK_FALSE(has(page.body, "database"));
    logins->fails = false;
    ada.sign_in();
    CHECK(ada.signed_in());
    CHECK(has(metrics(), "coauth_visitors 1\n"));
}

TEST_CASE("login_server visitor store: a failing one costs users a page that says so, and newcomers nothing")
{
    using coauth::testing::failing_visitors;
    auto options = unlimited_options();
    const auto visitors = std::make_shared<failing_visitors>(coauth::system_clock());
    options.logins.visitors = visitors;
    site_fixture s(approving(), options);
    browser ada(s), newcomer(s);
    ada.sign_in();
    for (const auto& failure : {failing_visitors::typed(), failing_visitors::untyped()}) {
        visitors->failure = visitors->failure_to_expire = failure;
        const int before = visitors->expiries;
        s.logged.clear();
        CHECK(newcomer.ask(newcomer.get("/")).status == 200);
        CHECK(newcomer.ask(newcomer.get("/profile")).status == 303);
        CHECK(newcomer.ask(newcomer.get("/nowhere")).status == 404);
        CHECK(ada.ask(ada.get("/nowhere")).status == 404);
        CHECK(s.logged.size() == 1); // of the visits that have expired
        for (const char* path : {"/", "/profile"}) {
            CAPTURE(path);
            const response page = ada.ask(ada.get(path));
            CHECK(page.status == 503);
            CHECK(has(page.body, "This site is busy"));
            CHECK(has(page.body, "action=\"/login\""));
            CHECK_FALSE(has(page.body, "database"));
        }
        CHECK(s.logged.size() == 3);
        CHECK(visitors->expiries == before + 1);
        s.clock->skip(std::chrono::minutes(1));
        newcomer.ask(newcomer.get("/"));
        CHECK(visitors->expiries == before + 2);
        s.clock->skip(std::chrono::minutes(1));
    }
    visitors->failure = visitors->failure_to_expire = nullptr;
    CHECK(ada.signed_in());
}

TEST_CASE("login_server visitor store: one that hangs does not keep a page from saying what happened")
{
    using coauth::testing::failing_visitors;
    auto options = unlimited_options();
    const auto visitors = std::make_shared<failing_visitors>(coauth::system_clock());
    options.logins.visitors = visitors;
    site_fixture s(approving(), options);
    browser ada(s);
    ada.sign_in();
    CHECK_FALSE(has(ada.ask(ada.get("/nowhere")).body, "action=\"/login\""));
    visitors->hangs = true;
    const response page = ada.ask(ada.get("/nowhere"));
    CHECK(page.status == 404);
    CHECK(has(page.body, "action=\"/login\""));
    visitors->hangs = false;
    CHECK(ada.signed_in());
}
