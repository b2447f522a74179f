// What becomes of a user's token when visits end.
#include "programs/login_server/site_fixture.hpp"
#include "site/departures.hpp"

#include <boost/asio/co_spawn.hpp>

#include <stdexcept>

namespace asio = boost::asio;
namespace store = coauth::store;
using namespace testing;
using namespace std::chrono_literals;

namespace {

constexpr std::chrono::hours visit_lifetime(12);
constexpr std::size_t max_visits = 16; // of a user

/// A token store that does something odd first.
class odd_tokens final : public store::token_store {
public:
    std::function<void()> before_remove = [] {};
    std::function<asio::awaitable<void>()> after_find;

    asio::awaitable<std::optional<store::stored_credential>> find(coauth::user_key user) override
    {
        auto found = co_await inner_->find(std::move(user));
        if (after_find) {
            const auto hook = std::exchange(after_find, nullptr);
            co_await hook();
        }
        co_return found;
    }
    asio::awaitable<std::uint64_t> put(coauth::user_key user, coauth::credential held) override
    {
        return inner_->put(std::move(user), std::move(held));
    }
    asio::awaitable<std::optional<std::uint64_t>> replace_if(
        coauth::user_key user, std::uint64_t version, coauth::credential held) override
    {
        return inner_->replace_if(std::move(user), version, std::move(held));
    }
    asio::awaitable<bool> lease(coauth::user_key user, std::uint64_t version, std::chrono::milliseconds time) override
    {
        return inner_->lease(std::move(user), version, time);
    }
    asio::awaitable<bool> remove(coauth::user_key user, std::optional<std::uint64_t> version) override
    {
        before_remove();
        const bool removed = co_await inner_->remove(std::move(user), version);
        co_return removed;
    }

private:
    std::shared_ptr<store::token_store> inner_ = store::memory_token_store();
};

/// A site and its token store.
class visited {
public:
    explicit visited(login_server::site_options options = unlimited_options())
        : site(coauth::sandbox::options(), options_of(std::move(options), tokens))
    {}

    /// The request with which the login ends.
    request callback(browser& own, const std::string& username, const std::string& target = "/login")
    {
        const std::string url = own.press(target);
        return own.get("/callback?" + site.allow(url, username));
    }
    /// The next call of any user but user_9 reads the store.
    void evict_tokens()
    {
        browser other(site);
        sign_in(other, "user_9");
        other.ask(other.get("/profile"));
    }
    void sign_in(browser& own, const std::string& username) { REQUIRE(own.ask(callback(own, username)).status == 303); }
    bool has_token(const char* username)
    {
        return site.run(tokens->find(coauth::user_key("x", site.user_id_of(username)))).value().has_value();
    }

    std::shared_ptr<odd_tokens> tokens = std::make_shared<odd_tokens>();
    site_fixture site;

private:
    static login_server::site_options options_of(
        login_server::site_options options, std::shared_ptr<store::token_store> all)
    {
        options.logins.session.tokens = std::move(all);
        return options;
    }
};

// So that the token of another user evicts the one before.
login_server::site_options one_cached_token()
{
    auto options = unlimited_options();
    options.logins.session.max_cached_tokens = 1;
    return options;
}

constexpr const char* revoked =
    R"("status":401,"body":"{\"errors\":[{\"code\":89,\"message\":\"Invalid or expired token\"}]}")";

std::string always(std::initializer_list<const char*> routes)
{
    std::string out;
    for (const char* route : routes)
        out += (out.empty() ? "[{" : ",{") + std::string(R"("route":")") + route + R"(","nth":1,"times":99,)" +
               revoked + '}';
    return out + ']';
}

} // namespace

TEST_CASE("login_server token: it is dropped when its user's last visit ends, and kept until then")
{
    struct way {
        const char* name;
        std::function<void(visited&, browser&)> then; ///< After user_1 has signed in.
        bool first_kept;
        bool second_kept;
    };
    const way ways[] = {
        {"nothing", [](visited&, browser&) {}, true, false},
        {"another user signs in over it", [](visited& v, browser& own) { v.sign_in(own, "user_2"); }, false, true},
        {"another user signs in elsewhere",
            [](visited& v, browser&) {
                browser other(v.site);
                v.sign_in(other, "user_2");
            },
            true, true},
        {"another user signs in over one of two",
            [](visited& v, browser& own) {
                browser other(v.site);
                v.sign_in(other, "user_1");
                v.sign_in(own, "user_2");
            },
            true, true},
        {"the same user signs in over it", [](visited& v, browser& own) { v.sign_in(own, "user_1"); }, true, false},
        {"two users take turns",
            [](visited& v, browser& own) {
                for (const char* username : {"user_2", "user_1", "user_2", "user_1"})
                    v.sign_in(own, username);
            },
            true, false},
        {"another user does not allow it",
            [](visited&, browser& own) {
                const std::string url = own.press();
                own.ask(own.get("/callback?denied=" + url.substr(url.find('=') + 1)));
            },
            true, false},
        {"signs out", [](visited&, browser& own) { own.ask(own.post("/logout")); }, false, false},
        {"signs out in one of two",
            [](visited& v, browser& own) {
                browser other(v.site);
                v.sign_in(other, "user_1");
                own.ask(own.post("/logout"));
                CHECK(other.signed_in());
            },
            true, false},
        {"signs in over it and signs out",
            [](visited& v, browser& own) {
                v.sign_in(own, "user_2");
                own.ask(own.post("/logout"));
            },
            false, false},
        {"the time is over, and a stranger opens a page",
            [](visited& v, browser&) {
                v.site.clock->skip(visit_lifetime);
                browser other(v.site);
                other.ask(other.get("/"));
            },
            false, false},
        {"the time of one of two is over",
            [](visited& v, browser& own) {
                v.site.clock->skip(1h);
                browser other(v.site);
                v.sign_in(other, "user_1");
                v.site.clock->skip(visit_lifetime - 1h);
                CHECK_FALSE(own.signed_in());
                CHECK(other.signed_in());
            },
            true, false},
        {"another user signs in when the time is over",
            [](visited& v, browser& own) {
                v.site.clock->skip(visit_lifetime);
                v.sign_in(own, "user_2");
            },
            false, true},
        {"a seventeenth browser",
            [](visited& v, browser& own) {
                for (std::size_t i = 0; i < max_visits; ++i) {
                    browser other(v.site);
                    v.sign_in(other, "user_1");
                }
                CHECK_FALSE(own.signed_in());
            },
            true, false},
        {"a seventeenth sign-in in one browser",
            [](visited& v, browser& own) {
                for (std::size_t i = 0; i < max_visits; ++i)
                    v.sign_in(own, "user_1");
                CHECK(own.signed_in());
                own.ask(own.post("/logout"));
            },
            false, false},
        {"the provider has revoked the token",
            [](visited& v, browser& own) {
                v.site.sandbox.set_faults(always({"/2/users"}));
                CHECK(own.ask(own.get("/profile")).status == 401);
            },
            false, false},
        {"the provider has revoked the token, and only the tweets tell",
            [](visited& v, browser& own) {
                browser other(v.site);
                v.sign_in(other, "user_1");
                own.ask(own.get("/profile"));
                v.site.clock->skip(61s);
                v.site.sandbox.set_faults(always({"/2/users/:id/tweets", "/2/users/:id/followers"}));
                CHECK(own.ask(own.get("/profile")).status == 401);
                CHECK_FALSE(other.signed_in());
            },
            false, false},
        {"the provider does not show the followers",
            [](visited& v, browser& own) {
                v.site.sandbox.set_faults(always({"/2/users/:id/followers"}));
                CHECK(own.ask(own.get("/profile")).status == 200);
            },
            true, false},
        {"two tabs finish two logins of one user",
            [](visited& v, browser& own) {
                const request first = v.callback(own, "user_1", "/login?return=/profile?1");
                const request second = v.callback(own, "user_1", "/login?return=/profile?2");
                own.ask(first);
                own.ask(second);
                CHECK(own.signed_in());
            },
            true, false},
        {"two tabs finish logins of two users",
            [](visited& v, browser& own) {
                const request first = v.callback(own, "user_1", "/login?return=/profile?1");
                const request second = v.callback(own, "user_2", "/login?return=/profile?2");
                own.ask(first);
                own.ask(second);
                v.site.clock->skip(visit_lifetime - 1s);
                CHECK(own.signed_in());
                v.site.clock->skip(1s);
                CHECK_FALSE(own.signed_in());
            },
            false, false},
    };
    for (const way& each : ways) {
        CAPTURE(std::string(each.name));
        visited v;
        browser own(v.site);
        v.sign_in(own, "user_1");
        each.then(v, own);
        v.site.sandbox.set_faults("[]");
        CHECK(v.has_token("user_1") == each.first_kept);
        CHECK(v.has_token("user_2") == each.second_kept);
        if (own.signed_in())
            CHECK_FALSE(has(own.ask(own.get("/profile")).body, "role=\"alert\""));
    }
}

TEST_CASE("login_server token: one that came with a login outlives a visit that ends before the new one has begun")
{
    std::function<void()> token_came = [] {};
    auto options = unlimited_options();
    options.logins.session.on_event = [&token_came](const coauth::session_event& event) {
        if (event.kind == coauth::session_event_kind::token_added)
            token_came();
    };
    visited v(options);
    browser home(v.site);
    browser work(v.site);
    v.sign_in(home, "user_1");
    bool out = false;
    token_came = [&] {
        asio::co_spawn(v.site.io, v.site.site->respond(home.post("/logout")),
            [&out](const std::exception_ptr&, const response&) { out = true; });
    };
    const request callback = v.callback(work, "user_1");
    CHECK(work.ask(callback).status == 303);
    token_came = [] {};
    v.site.run_until([&out] { return out; });
    CHECK(v.has_token("user_1"));
    CHECK(work.signed_in());
    CHECK_FALSE(home.signed_in());
    work.ask(work.post("/logout"));
    CHECK_FALSE(v.has_token("user_1"));
}

TEST_CASE("login_server visit: one that began while an older token was refused goes on with its own")
{
    visited v(one_cached_token());
    browser home(v.site);
    browser work(v.site);
    v.sign_in(home, "user_1");
    home.ask(home.get("/profile"));
    v.site.clock->skip(61s);
    v.evict_tokens();
    const request callback = v.callback(work, "user_1");
    std::optional<response> entered;
    v.tokens->after_find = [&]() -> asio::awaitable<void> {
        response done = co_await v.site.site->respond(callback);
        entered = std::move(done);
    };
    v.site.sandbox.set_faults(always({"/2/users/:id/tweets", "/2/users/:id/followers"}));
    CHECK(home.ask(home.get("/profile")).status == 401);
    v.site.sandbox.set_faults("[]");
    REQUIRE(entered);
    CHECK(entered->status == 303);
    const std::string cookie = header(*entered, "Set-Cookie");
    work.jar["coauth_session"] = cookie.substr(cookie.find('=') + 1, 43);
    CHECK(work.signed_in());
    CHECK(v.has_token("user_1"));
    CHECK_FALSE(home.signed_in());
}

TEST_CASE("login_server token store: one that fails to remove costs no response, and is asked again")
{
    struct {
        const char* name;
        std::function<void()> fail;
    } const failures[] = {
        {"typed", [] { throw coauth::error(coauth::errc::store_unavailable); }},
        {"not typed", [] { throw std::runtime_error("a user's database"); }},
    };
    for (const auto& each : failures) {
        CAPTURE(std::string(each.name));
        visited v;
        browser ada(v.site);
        browser bob(v.site);
        v.sign_in(ada, "user_1");
        v.sign_in(bob, "user_2");
        v.tokens->before_remove = each.fail;
        const response out = ada.ask(ada.post("/logout"));
        CHECK(out.status == 303);
        CHECK(ada.jar.count("coauth_session") == 0);
        v.sign_in(bob, "user_3");
        CHECK(bob.signed_in());
        CHECK(v.site.logged.size() == 2);
        v.tokens->before_remove = [] {};
        CHECK(v.has_token("user_1"));
        CHECK(v.has_token("user_2"));

        v.site.clock->skip(coauth::site::departures::retry_after - 1s);
        bob.ask(bob.get("/"));
        CHECK(v.has_token("user_1"));
        v.site.clock->skip(1s);
        bob.ask(bob.get("/"));
        CHECK_FALSE(v.has_token("user_1"));
        CHECK_FALSE(v.has_token("user_2"));
        CHECK(v.has_token("user_3"));
        CHECK(v.site.logged.size() == 2);
    }
}

TEST_CASE("login_server token store: an untyped error costs a part of one page")
{
    visited v(one_cached_token());
    browser ada(v.site);
    v.sign_in(ada, "user_1");
    ada.ask(ada.get("/profile"));
    v.site.clock->skip(61s);
    v.evict_tokens();
    v.tokens->after_find = []() -> asio::awaitable<void> {
        throw std::runtime_error("a user's database");
        co_return;
    };
    const response page = ada.ask(ada.get("/profile"));
    CHECK(page.status == 200);
    CHECK(has(page.body, "<h1>"));
    CHECK_FALSE(has(page.body, "database"));
    CHECK(v.site.logged.size() == 1);
    CHECK(ada.ask(ada.get("/profile")).status == 200);
}

TEST_CASE("login_server log: a line that can't be written costs no response")
{
    visited v;
    browser ada(v.site);
    v.sign_in(ada, "user_1");
    v.tokens->before_remove = [] { throw coauth::error(coauth::errc::store_unavailable); };
    v.site.log_fails = true;
    v.sign_in(ada, "user_2");
    CHECK(ada.signed_in());
    v.site.sandbox.set_faults(R"([{"route":"/oauth/request_token","nth":1,"times":1,"status":503}])");
    CHECK(ada.ask(ada.post("/login")).status == 502);
    CHECK(ada.ask(ada.post("/logout")).status == 303);
    CHECK(ada.jar.count("coauth_session") == 0);
}
