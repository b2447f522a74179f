#include "sandbox/browser.hpp"
#include "sandbox/pages.hpp"

#include <doctest/doctest.h>

using namespace coauth::sandbox;
namespace server = coauth::server;

namespace {

bool has(const std::string& text, std::string_view part)
{
    return text.find(part) != std::string::npos;
}

authorize_view hostile()
{
    authorize_view v;
    v.action = "/oauth/authorize";
    v.token = "abc";
    v.app_name = "<script>alert('x')</script>";
    v.callback = "https://a.example/\"><img>";
    v.username = "\"><b>";
    v.problem = "<i>no</i>";
    user p;
    p.username = "eve";
    p.name = "</option><script>";
    v.users.push_back(p);
    return v;
}

index_view hostile_index()
{
    index_view v;
    v.base_url = v.consumer_key = v.control_url = v.mode = "<script>";
    journal_entry e;
    e.method = e.target = e.refused = e.explanation = e.base_string = "<script>";
    v.refusals.push_back(e);
    return v;
}

} // namespace

TEST_CASE("sandbox pages: everything shown is escaped")
{
    const auto html = authorize_page(hostile()).body;
    for (const auto* bad : {"<script", "<img", "<i>", "\"><b>"})
        CHECK_FALSE(has(html, bad));
    CHECK_FALSE(has(pin_page("<script>", "1").body, "<script"));
    CHECK_FALSE(has(denied_page("<script>").body, "<script"));
    CHECK_FALSE(has(refused_form_page("<script>").body, "<script"));
    CHECK_FALSE(has(dead_token_page("<script>").body, "<script"));
    CHECK_FALSE(has(index_page(hostile_index()).body, "<script"));
}

TEST_CASE("sandbox pages: the form has the token, the user, allow and deny, and says what for")
{
    auto v = hostile();
    v.app_name = "My App";
    v.callback = "https://a.example/cb?secret=1";
    auto html = authorize_page(v).body;
    for (const auto* part : {"method=\"post\" action=\"/oauth/authorize\"", "name=\"oauth_token\" value=\"abc\"",
             "name=\"user\"", "name=\"allow\"", "name=\"deny\"", "My App", "https://a.example/cb</code>",
             "post and delete", "width=device-width", "<label for=\"user\">"})
        CHECK(has(html, part));
    CHECK_FALSE(has(html, "secret=1"));
    CHECK_FALSE(has(html, "<script"));
    v.may_write = false;
    CHECK_FALSE(has(authorize_page(v).body, "post and delete"));
}

TEST_CASE("sandbox pages: the front page lists the last refusals")
{
    index_view v;
    CHECK(has(index_page(v).body, "Nothing was refused yet."));
    journal_entry e;
    e.at = std::chrono::sys_seconds(std::chrono::seconds(1'800'000'000));
    e.method = "POST";
    e.target = "/oauth/request_token?oauth_token=secret";
    e.status = 401;
    e.refused = "bad_signature";
    e.explanation = "the port differs";
    e.base_string = "POST&a&b";
    v.refusals.push_back(e);
    const auto html = index_page(v).body;
    for (const auto* part : {"2027-01-15T08:00:00.000Z", "<code>POST /oauth/request_token</code> 401",
             "<b>bad_signature</b>", "<p>The port differs.</p>", "<code>POST&amp;a&amp;b</code>"})
        CHECK(has(html, part));
    CHECK_FALSE(has(html, "secret"));
}

TEST_CASE("sandbox pages: the PIN is in a code element")
{
    CHECK(has(pin_page("App", "0123456").body, "<code>0123456</code>"));
}

TEST_CASE("sandbox pages: headers keep other sites out")
{
    const server::response all[] = {authorize_page(hostile()), pin_page("a", "1"), denied_page("a"),
        dead_token_page("w"), refused_form_page("w"), index_page(hostile_index())};
    for (const auto& page : all) {
        const std::string policy(page.headers.get("Content-Security-Policy"));
        CHECK(has(policy, "default-src 'none'"));
        CHECK(has(policy, "frame-ancestors 'none'"));
        CHECK(policy.ends_with("form-action 'none'") != has(page.body, "<form"));
        CHECK_FALSE(has(policy, "unsafe"));
        CHECK(page.headers.get("X-Frame-Options") == "DENY");
        CHECK(page.headers.get("Referrer-Policy") == "no-referrer");
        CHECK(page.headers.get("Cache-Control") == "no-store");
        CHECK(page.headers.get("X-Content-Type-Options") == "nosniff");
    }
    CHECK(dead_token_page("w").status == 403);
    auto v = hostile();
    v.callback = "myapp://cb";
    CHECK(has(std::string(authorize_page(v).headers.get("Content-Security-Policy")),
        "form-action 'self' http: https: myapp:"));
}

TEST_CASE("sandbox browser: the cookie is found among others, and names are trimmed")
{
    server::request r;
    r.headers.add("Cookie", "a=b; __Host-coauth_sandbox_user=ada; x__Host-coauth_sandbox_user=eve");
    CHECK(remembered_user(r) == "ada");
    server::request other;
    other.headers.add("Cookie", "__Host-coauth_sandbox_users=eve;;=; __Host-coauth_sandbox_user");
    CHECK(remembered_user(other) == "");
    CHECK(trimmed_username("  @ada\r\n") == "ada");
    CHECK(trimmed_username(" ") == "");
}
