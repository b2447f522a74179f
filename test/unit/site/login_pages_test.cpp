// The pages of a site, and the buttons on them.
#include "unit/site/login_site_fixture.hpp"

using namespace coauth::testing;
using coauth::site::login_site_options;
namespace server = coauth::server;

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
