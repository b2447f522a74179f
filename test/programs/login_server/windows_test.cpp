// A login that is finished in another window of the same browser.
#include "programs/login_server/site_fixture.hpp"

using namespace testing;

namespace {

login_server::site_options short_polls()
{
    auto out = unlimited_options();
    out.logins.longest_poll = std::chrono::milliseconds(1);
    return out;
}

// The link on the waiting page.
std::string link_of(const response& page)
{
    const std::string link = "class=\"yes\" href=\"";
    const auto start = page.body.find(link) + link.size();
    return page.body.substr(start, page.body.find('"', start) - start);
}

} // namespace

TEST_CASE("login_server waiting page: it waits for the other window, goes on asking, and arrives")
{
    site_fixture s(approving(), short_polls());
    browser ada(s);
    const std::string waiting = ada.press("/login?window=new&return=/profile?x");
    REQUIRE(waiting.starts_with(origin + "/waiting/"));
    const std::string path = waiting.substr(origin.size());
    const response page = ada.ask(ada.get(path));
    CHECK(page.status == 200);
    CHECK(header(page, "Refresh") == "1; url=" + path + "?more");
    const response still = ada.ask(ada.get(path + "?more"));
    CHECK(still.status == 200);
    CHECK(header(still, "Refresh") == "1; url=" + path + "?more");
    CHECK(link_of(still) == link_of(page));

    const std::string cookies_before = ada.jar["coauth_login"];
    browser other_window(s);
    other_window.jar = ada.jar;
    CHECK(other_window.ask(other_window.get("/callback?" + s.browse(link_of(page)))).status == 303);

    // The cookie is on its way to the browser: the page says so and asks again.
    const response arriving = ada.ask(ada.get(path + "?more"));
    CHECK(arriving.status == 200);
    CHECK(has(arriving.body, "You are signed in"));
    CHECK(header(arriving, "Refresh") == "1; url=" + path + "?more");
    CHECK(arriving.headers.count("Set-Cookie") == 0);
    ada.jar = other_window.jar;
    const response arrived = ada.ask(ada.get(path + "?more"));
    CHECK(arrived.status == 303);
    CHECK(header(arrived, "Location") == origin + "/profile?x");
    CHECK(cookies_before == ada.jar["coauth_login"]);
}

TEST_CASE("login_server waiting page: it shows how else the login ended")
{
    site_fixture s({}, short_polls());
    browser ada(s);
    const std::string path = ada.press("/login?window=new").substr(origin.size());
    const std::string url = link_of(ada.ask(ada.get(path)));
    ada.ask(ada.get("/callback?denied=" + url.substr(url.find('=') + 1)));
    const response denied = ada.ask(ada.get(path + "?more"));
    CHECK(denied.status == 200);
    CHECK(has(denied.body, "You did not sign in"));
    CHECK(header(denied, "Refresh").empty());
}

TEST_CASE("login_server waiting page: it is the browser's own, and ends after its time")
{
    site_fixture s({}, short_polls());
    browser ada(s);
    browser eve(s);
    const std::string path = ada.press("/login?window=new").substr(origin.size());
    eve.press();
    for (const char* query : {"", "?more"}) {
        CHECK(eve.ask(eve.get(path + query)).status == 404);
        browser empty(s);
        CHECK(empty.ask(empty.get(path + query)).status == 404);
    }
    CHECK(ada.ask(ada.get(path + "x")).status == 404);
    CHECK(ada.ask(ada.get(path)).status == 200);
    s.clock->skip(std::chrono::seconds(601));
    CHECK(ada.ask(ada.get(path)).status == 404);
}
