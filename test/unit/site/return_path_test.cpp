#include "unit/site/hostile_return_paths.hpp"

#include <coauth/site/return_path.hpp>

#include <boost/url/parse.hpp>
#include <boost/url/url.hpp>

#include <doctest/doctest.h>

#include <string>

using coauth::errc;
using coauth::site::return_path;

TEST_CASE("return path: a path of this site, with its query, stays as it is")
{
    for (const char* text : {"/", "/profile", "/profile/", "/a/b/c", "/a?b=c&d=e", "/?", "/a.b", "/.well-known/x",
             "/..a", "/a..", "/~me", "/a;b=c", "/a:b@c", "/$!'()*+,=", "/a%C3%BCb", "/%41", "/a?next=%2Fb", "/a?b=//c",
             "/a?b=../c", "/a?b=https://x.example/", "/a?b=%0d%0a", "/@evil.example", "/:80", "/evil.example"}) {
        CAPTURE(std::string(text));
        const auto read = return_path::parse(text);
        REQUIRE(read.has_value());
        CHECK(read->text() == text);
        CHECK(read->on("https://site.example") == std::string("https://site.example") + text);
    }
    CHECK(return_path().text() == "/");
    CHECK(return_path::parse("/" + std::string(1023, 'a')).has_value());
}

TEST_CASE("return path: what may be read as another host or another path is refused")
{
    const auto all = testing::hostile_return_paths();
    CHECK(all.size() >= 400);
    for (const auto& text : all) {
        CAPTURE(text);
        const auto read = return_path::parse(text);
        REQUIRE_FALSE(read.has_value());
        CHECK(read.error().reason() == errc::invalid_argument);
        CHECK(read.error().hint().has_value());
        CHECK(std::string(read.error().what()).find("evil") == std::string::npos);
    }
    CHECK_FALSE(return_path::parse("").has_value());
}

TEST_CASE("return path: any text of up to three of the dangerous characters stays on the site or is refused")
{
    const std::string alphabet = std::string("/\\.%25fFcCeE?#@: \ta\r\n;&=") + '\0';
    std::string text = "/";
    std::size_t taken = 0;
    const auto try_text = [&taken](const std::string& path) {
        const auto read = return_path::parse(path);
        if (!read)
            return;
        ++taken;
        const std::string location = read->on("https://site.example");
        const auto url = boost::urls::parse_uri(location);
        REQUIRE(url.has_value());
        CHECK(url->encoded_authority() == "site.example");
        // As a browser would resolve it, had it been sent as a path.
        boost::urls::url resolved;
        const auto base = boost::urls::parse_uri("https://site.example/callback").value();
        const auto relative = boost::urls::parse_uri_reference(path);
        REQUIRE(relative.has_value());
        REQUIRE(boost::urls::resolve(base, relative.value(), resolved).has_value());
        CHECK(resolved.encoded_authority() == "site.example");
        CHECK(path.substr(0, 2) != "//");
        CHECK(path.find('\\') == std::string::npos);
    };
    for (const char a : alphabet)
        for (const char b : alphabet)
            for (const char c : alphabet)
                try_text(text + a + b + c);
    CHECK(taken > 500);
}
