#include <coauth/error.hpp>
#include <coauth/session/login.hpp>

#include <doctest/doctest.h>

#include <set>
#include <string>

using namespace coauth;

TEST_CASE("browser_binding: a new one is 43 characters that are read back unchanged")
{
    std::set<std::string> seen;
    for (int i = 0; i < 1000; ++i) {
        const auto made = browser_binding::random();
        CHECK_FALSE(made.empty());
        CHECK(made.reveal().size() == 43);
        CHECK(browser_binding(made.reveal()).reveal() == made.reveal());
        CHECK(seen.emplace(made.reveal()).second);
    }
}

TEST_CASE("browser_binding: a cookie that is not a binding's text is empty")
{
    const std::string good(43, 'A');
    CHECK(browser_binding(good).reveal() == good);
    CHECK(browser_binding().empty());
    CHECK(browser_binding("").empty());
    CHECK(browser_binding(std::string(42, 'A')).empty());
    CHECK(browser_binding(std::string(44, 'A')).empty());
    CHECK(browser_binding(good + "=").empty());
    CHECK(browser_binding(std::string(1'000'000, 'A')).empty());
    CHECK(browser_binding(std::string(43, '\0')).empty());

    const std::string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    for (int c = 0; c < 256; ++c) {
        const char character = static_cast<char>(c);
        const auto place = alphabet.find(character);
        std::string inside = good;
        inside[20] = character;
        CHECK(browser_binding(inside).empty() == (place == std::string::npos));
        // 32 octets leave two bits of the last character zero.
        std::string at_the_end = good;
        at_the_end.back() = character;
        CHECK(browser_binding(at_the_end).empty() == (place == std::string::npos || place % 4 != 0));
    }
}

TEST_CASE("login_status: has the name of its error code")
{
    CHECK(name(login_status::granted) == "granted");
    CHECK(name(login_status::denied) == name(errc::denied));
    CHECK(name(login_status::expired) == name(errc::expired));
    CHECK(name(login_status::unknown) == name(errc::unknown));
    CHECK(name(login_status::replayed) == name(errc::replayed));
    CHECK(name(login_status::wrong_browser) == name(errc::wrong_browser));
}
