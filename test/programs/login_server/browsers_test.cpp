// A callback in the browser that began the login, and everywhere else.
#include "programs/login_server/site_fixture.hpp"

#include <boost/asio/co_spawn.hpp>

namespace asio = boost::asio;
using namespace testing;

TEST_CASE("login_server login: the button, the provider and the callback lead to the profile")
{
    site_fixture s(approving());
    browser ada(s);
    const response pressed = ada.ask(ada.post("/login"));
    CHECK(pressed.status == 303);
    CHECK(header(pressed, "Location").starts_with(s.sandbox.url() + "/oauth/authenticate?oauth_token="));
    CHECK(has(header(pressed, "Set-Cookie"), "coauth_login="));
    CHECK(has(header(pressed, "Set-Cookie"), "; Path=/; Max-Age=600; HttpOnly; SameSite=Lax"));
    CHECK(header(pressed, "Cache-Control") == "no-store");
    CHECK(ada.jar["coauth_login"].size() == 43);

    const std::string query = s.browse(header(pressed, "Location"));
    const response back = ada.ask(ada.get("/callback?" + query));
    CHECK(back.status == 303);
    CHECK(header(back, "Location") == origin + "/profile");
    CHECK(header(back, "Cache-Control") == "no-store");
    CHECK(header(back, "Referrer-Policy") == "no-referrer");
    CHECK(has(header(back, "Set-Cookie"), "coauth_session="));
    CHECK(has(header(back, "Set-Cookie"), "HttpOnly; SameSite=Lax"));

    const response profile = ada.ask(ada.get("/profile"));
    CHECK(profile.status == 200);
    CHECK(has(profile.body, "<b id=\"account\">@user_3</b>"));
    CHECK(has(profile.body, "class=\"picture\" src=\"" + s.sandbox.url()));
    CHECK(has(profile.body, "id=\"tweets\""));
    CHECK(has(profile.body, "id=\"followers\""));
    CHECK(has(ada.ask(ada.get("/")).body, "<b id=\"account\">@user_3</b>"));
}

TEST_CASE(
    "login_server callback: in another browser, in none, or with a made-up cookie it is 400 and costs no exchange")
{
    site_fixture s(approving());
    browser ada(s);
    browser eve(s);
    const std::string callback = ada.allow();
    eve.press();
    CHECK(eve.ask(eve.get(callback)).status == 400);
    browser empty(s);
    CHECK(empty.ask(empty.get(callback)).status == 400);
    browser forger(s);
    for (const char* cookie : {"", "x", "0123456789012345678901234567890123456789012", "\"quoted\""}) {
        forger.jar = {{"coauth_login", cookie}};
        CHECK(forger.ask(forger.get(callback)).status == 400);
        CHECK(forger.jar.count("coauth_session") == 0);
    }
    forger.jar = {{"coauth_login", eve.jar["coauth_login"]}, {"xcoauth_login", ada.jar["coauth_login"]},
        {"__Host-coauth_login", ada.jar["coauth_login"]}};
    CHECK(forger.ask(forger.get(callback)).status == 400);
    CHECK(eve.jar.count("coauth_session") == 0);
    CHECK(s.exchanges() == 0);

    // The one it belongs to is not harmed by any of that.
    CHECK(ada.ask(ada.get(callback)).status == 303);
    CHECK(ada.signed_in());
    CHECK_FALSE(eve.signed_in());
    CHECK(s.exchanges() == 1);
}

TEST_CASE("login_server cookies: two of one name are refused, since one may be another site's")
{
    site_fixture s(approving());
    browser ada(s);
    const std::string callback = ada.allow();
    request twice = ada.get(callback);
    twice.headers.add("Cookie", "coauth_login=" + std::string(43, 'A'));
    const response refused = ada.ask(twice);
    CHECK(refused.status == 400);
    CHECK(has(refused.body, "cookies"));
    CHECK(s.exchanges() == 0);
    CHECK(ada.ask(ada.get(callback)).status == 303);

    request two_sessions = ada.get("/profile");
    two_sessions.headers.add("Cookie", "coauth_session=" + ada.jar["coauth_session"]);
    CHECK(header(ada.ask(two_sessions), "Location") == origin + "/");
}

TEST_CASE("login_server callback: one that comes too late is 410 and costs no exchange")
{
    site_fixture s(approving());
    browser ada(s);
    const std::string callback = ada.allow();
    s.clock->skip(std::chrono::seconds(601));
    const response late = ada.ask(ada.get(callback));
    CHECK(late.status == 410);
    CHECK(has(late.body, "took too long"));
    CHECK(has(late.body, "action=\"/login\""));
    CHECK(s.exchanges() == 0);
    CHECK_FALSE(ada.signed_in());
}

TEST_CASE("login_server callback: a replayed one is 410, signed in or not, and changes nothing")
{
    site_fixture s(approving());
    browser ada(s);
    const std::string callback = ada.allow();
    CHECK(ada.ask(ada.get(callback)).status == 303);
    const std::string id = ada.jar["coauth_session"];
    const response second_response = ada.ask(ada.get(callback));
    CHECK(second_response.status == 410);
    CHECK(has(second_response.body, "href=\"/profile\""));
    CHECK(ada.jar["coauth_session"] == id);
    CHECK(ada.signed_in());
    ada.ask(ada.post("/logout"));
    ada.jar["coauth_login"] = "";
    CHECK(ada.ask(ada.get(callback)).status == 410);
    CHECK_FALSE(ada.signed_in());
    CHECK(s.exchanges() == 1);
}

TEST_CASE("login_server callback: of fifty equal ones at once one signs in, forty-nine are 410, with one exchange")
{
    site_fixture s(approving());
    browser ada(s);
    const std::string callback = ada.allow();
    std::map<int, int> answers;
    int all = 0;
    for (int i = 0; i < 50; ++i)
        asio::co_spawn(s.io, s.site->respond(ada.get(callback)), [&](const std::exception_ptr& e, const response& r) {
            CHECK(e == nullptr);
            ++answers[r.status];
            ++all;
            CHECK((r.status == 303) == has(header(r, "Set-Cookie"), "coauth_session="));
        });
    s.run_until([&] { return all == 50; });
    CHECK(answers == std::map<int, int>{{303, 1}, {410, 49}});
    CHECK(s.exchanges() == 1);
}

TEST_CASE("login_server callback: a denied login is a page, and no other browser can deny it")
{
    coauth::sandbox::options sandbox_options;
    site_fixture s(sandbox_options);
    browser ada(s);
    browser eve(s);
    const std::string url = ada.press();
    const std::string token = url.substr(url.find('=') + 1);
    eve.press();
    CHECK(eve.ask(eve.get("/callback?denied=" + token)).status == 400);
    const response denied = ada.ask(ada.get("/callback?denied=" + token));
    CHECK(denied.status == 200);
    CHECK(has(denied.body, "You did not sign in"));
    CHECK(has(denied.body, "action=\"/login\""));
    CHECK_FALSE(ada.signed_in());
    CHECK(s.exchanges() == 0);
    CHECK(ada.ask(ada.get("/callback?denied=" + token)).status == 410);
}

TEST_CASE("login_server login: two tabs of one browser finish two logins, in either order")
{
    site_fixture s(approving());
    browser ada(s);
    const std::string first = ada.allow("/login?return=/profile?tab=1");
    const std::string second = ada.allow("/login?return=/profile?tab=2");
    CHECK(first != second);
    CHECK(header(ada.ask(ada.get(second)), "Location") == origin + "/profile?tab=2");
    CHECK(ada.signed_in());
    CHECK(header(ada.ask(ada.get(first)), "Location") == origin + "/profile?tab=1");
    CHECK(ada.signed_in());
    CHECK(s.exchanges() == 2);
}

TEST_CASE("login_server login: a doubled click is one login and two tabs are two")
{
    site_fixture s(approving());
    browser ada(s);
    ada.ask(ada.get("/"));
    CHECK(ada.jar["coauth_login"].size() == 43);
    const auto press = [&](const char* page) {
        return header(ada.ask(ada.post("/login", std::string("page=") + page)), "Location");
    };
    const std::string first = press("aaaa");
    CHECK(press("aaaa") == first);
    CHECK(s.request_tokens() == 1);
    const std::string second = press("bbbb");
    CHECK(second != first);
    CHECK(s.request_tokens() == 2);
    // A number that no page can have does not count as another tab.
    const std::string other = press("a/b");
    CHECK(press("%2F%2Fevil.example") == other);
    CHECK(press("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa") == other);
    CHECK(s.request_tokens() == 3);
    for (const std::string& url : {first, second, other})
        CHECK(header(ada.ask(ada.get("/callback?" + s.browse(url))), "Location") == origin + "/profile");
}

TEST_CASE("login_server cookies: the page with the button sets the login cookie and keeps a present one")
{
    site_fixture s;
    browser ada(s);
    ada.ask(ada.get("/"));
    const std::string cookie = ada.jar["coauth_login"];
    const response second_response = ada.ask(ada.get("/"));
    CHECK(second_response.headers.count("Set-Cookie") == 0);
    ada.press();
    CHECK(ada.jar["coauth_login"] == cookie);
    ada.jar["coauth_login"] = "not one of ours";
    ada.ask(ada.get("/"));
    CHECK(ada.jar["coauth_login"].size() == 43);
}

TEST_CASE("login_server cookies: the session cookie is new at each login, and invalid after the next one and after "
          "signing out")
{
    site_fixture s(approving());
    browser ada(s);
    const std::string planted(43, 'A');
    ada.jar["coauth_session"] = planted;
    ada.sign_in();
    const std::string first = ada.jar["coauth_session"];
    CHECK(first != planted);
    CHECK(first.size() == 43);
    browser eve(s);
    eve.jar["coauth_session"] = planted;
    CHECK_FALSE(eve.signed_in());

    ada.sign_in();
    CHECK(ada.jar["coauth_session"] != first);
    eve.jar["coauth_session"] = first;
    CHECK_FALSE(eve.signed_in());

    const std::string last = ada.jar["coauth_session"];
    const response out = ada.ask(ada.post("/logout"));
    CHECK(out.status == 303);
    CHECK(header(out, "Location") == origin + "/");
    CHECK(ada.jar.empty());
    eve.jar["coauth_session"] = last;
    CHECK_FALSE(eve.signed_in());
    CHECK(header(eve.ask(eve.get("/profile")), "Location") == origin + "/");
}

TEST_CASE("login_server sign out: in one browser it leaves the other signed in, and the last one drops the token")
{
    auto options = unlimited_options();
    options.logins.session.tokens = coauth::store::memory_token_store();
    site_fixture s(approving(), options);
    const auto has_token = [&] {
        return s.run(options.logins.session.tokens->find(coauth::user_key("x", s.user_id_of("user_3"))))
            .value()
            .has_value();
    };
    browser home(s);
    browser work(s);
    home.sign_in();
    work.sign_in();
    home.ask(home.post("/logout"));
    CHECK(work.signed_in());
    CHECK(has_token());
    s.clock->skip(std::chrono::seconds(61));
    CHECK(has(work.ask(work.get("/profile")).body, "<li>"));
    work.ask(work.post("/logout"));
    CHECK_FALSE(work.signed_in());
    CHECK_FALSE(has_token());
}

TEST_CASE("login_server visit: it ends after twelve hours")
{
    site_fixture s(approving());
    browser ada(s);
    ada.sign_in();
    s.clock->skip(std::chrono::hours(12) - std::chrono::seconds(60));
    CHECK(ada.signed_in());
    s.clock->skip(std::chrono::seconds(61));
    CHECK_FALSE(ada.signed_in());
}

TEST_CASE(
    "login_server visit: the token of a user who stays away for twelve hours is dropped when the next user signs in")
{
    auto options = unlimited_options();
    options.logins.session.tokens = coauth::store::memory_token_store();
    site_fixture s({}, options);
    const auto sign_in = [&s](const char* username) {
        browser each(s);
        const std::string url = each.press();
        each.ask(each.get("/callback?" + s.allow(url, username)));
    };
    sign_in("user_1");
    CHECK(s.run(options.logins.session.tokens->find(coauth::user_key("x", s.user_id_of("user_1")))).value());
    s.clock->skip(std::chrono::hours(12));
    sign_in("user_2");
    CHECK_FALSE(s.run(options.logins.session.tokens->find(coauth::user_key("x", s.user_id_of("user_1")))).value());
    CHECK(s.run(options.logins.session.tokens->find(coauth::user_key("x", s.user_id_of("user_2")))).value());
}
