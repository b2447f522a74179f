#include "server/callback_page.hpp"

#include <coauth/server/page.hpp>

#include <doctest/doctest.h>

#include <string>

namespace server = coauth::server;

TEST_CASE("page: text that could end an element or an attribute is escaped, control characters are shown")
{
    CHECK(server::escape_html("<a href=\"x\" b='y'>&\x01\x7f") ==
          "&lt;a href=&quot;x&quot; b=&#39;y&#39;&gt;&amp;\xef\xbf\xbd\xef\xbf\xbd");
    CHECK(server::escape_html("a\tb\r\nc") == "a\tb\r\nc");
    CHECK(server::escape_html("") == "");
    CHECK(server::escape_html("J\xc3\xbcrgen") == "J\xc3\xbcrgen");
}

TEST_CASE("page: text of another user is isolated, and can't reorder the text around it")
{
    CHECK(server::isolated_html("J\xc3\xbcrgen <3") == "<bdi>J\xc3\xbcrgen &lt;3</bdi>");
    // U+202A to U+202E and U+2066 to U+2069 go; their neighbours, and the marks U+200E and U+200F, stay.
    for (const char last : {'\xaa', '\xab', '\xac', '\xad', '\xae'})
        CHECK(server::isolated_html("a\xe2\x80" + std::string(1, last) + "b") == "<bdi>ab</bdi>");
    for (const char last : {'\xa6', '\xa7', '\xa8', '\xa9'})
        CHECK(server::isolated_html("\xe2\x81" + std::string(1, last)) == "<bdi></bdi>");
    for (const char* kept : {"\xe2\x80\xa9", "\xe2\x80\xaf", "\xe2\x81\xa5", "\xe2\x81\xaa", "\xe2\x80\x8e",
             "\xe2\x80\x8f", "\xe2\x80", "\xe2", "\xe3\x80\xaa"})
        CHECK(server::isolated_html(kept) == "<bdi>" + std::string(kept) + "</bdi>");
}

TEST_CASE("page: the policy allows what the page names and nothing else")
{
    server::page page(404, "a <b>", "<p>there</p>");
    const auto bare = server::html_page(page);
    CHECK(bare.status == 404);
    CHECK(bare.headers.get("Content-Security-Policy") ==
          "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; img-src 'self'; style-src 'none'; "
          "form-action 'self'");
    CHECK(bare.body.find("<title>a &lt;b&gt;</title>") != std::string::npos);
    CHECK(bare.body.find("<p>there</p>") != std::string::npos);
    CHECK(bare.body.find("<style>") == std::string::npos);

    page.style = "h1{color:red}";
    page.form_targets = "'self' https:";
    page.image_sources = "";
    const auto styled = server::html_page(page);
    // printf '%s' 'h1{color:red}' | openssl dgst -sha256 -binary | base64
    CHECK(styled.headers.get("Content-Security-Policy") ==
          "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; img-src 'none'; style-src "
          "'sha256-/D8wWMrWSOjeD/K4IHepvRvJjPxqJbouCB3qbqmBaqY='; form-action 'self' https:");
    CHECK(styled.body.find("<style>h1{color:red}</style>") != std::string::npos);

    for (const char* nowhere : {"", "'none'"}) {
        page.form_targets = nowhere;
        CHECK(server::html_page(page).headers.get("Content-Security-Policy").ends_with("form-action 'none'"));
    }
}

TEST_CASE("page: a form works on its own site unless the page says otherwise")
{
    const server::page blank;
    const server::page login(200, "Sign in", "<form method=\"post\" action=\"/login\"><button>Sign in</button></form>");
    for (const auto& page : {blank, login})
        CHECK(server::html_page(page).headers.get("Content-Security-Policy").ends_with("; form-action 'self'"));
}

TEST_CASE("page: the callback's pages have no form and let none lead anywhere")
{
    using enum server::callback_outcome;
    for (const auto outcome : {done, refused, gone, elsewhere, wrong_method}) {
        const auto page = server::callback_page(outcome);
        CHECK(page.body.find("<form") == std::string::npos);
        CHECK(page.headers.get("Content-Security-Policy").ends_with("; form-action 'none'"));
    }
}

TEST_CASE("page: pages and redirects are neither framed nor stored, and send no referrer")
{
    for (const auto& answer : {server::html_page(server::page(200, "t", "b")), server::redirect("/x")}) {
        CHECK(answer.headers.get("Referrer-Policy") == "no-referrer");
        CHECK(answer.headers.get("Cache-Control") == "no-store");
    }
    const auto page = server::html_page(server::page(200, "t", "b"));
    CHECK(page.headers.get("X-Frame-Options") == "DENY");
    CHECK(page.headers.get("X-Content-Type-Options") == "nosniff");
    CHECK(server::redirect("/x").status == 303);
    CHECK(server::redirect("/x").headers.get("Location") == "/x");
    CHECK(server::redirect("/x", 302).status == 302);
}
