// What the room decides without a request.
#include "site/login_metrics.hpp"
#include "site/login_notice.hpp"
#include "site/login_routes.hpp"
#include "site/waiting_logins.hpp"

#include <doctest/doctest.h>

#include <optional>
#include <set>
#include <sstream>
#include <string>

using namespace coauth::site;
using coauth::errc;
using coauth::login_status;
using namespace std::chrono_literals;

namespace {

const std::chrono::steady_clock::time_point decisions_start{std::chrono::hours(100)};

} // namespace

TEST_CASE("waiting_logins: they are bounded, and those whose time is over make room")
{
    waiting_logins waiting;
    const auto browser = coauth::browser_binding::random();
    const coauth::login begun("https://p.example/", browser, nullptr);
    const waiting_logins::waiting_login entry(begun, 1);
    std::string last;
    for (std::size_t i = 0; i < waiting_logins::max_size; ++i)
        last = waiting.add(entry, decisions_start, 10min).value();
    CHECK_FALSE(waiting.add(entry, decisions_start, 10min));
    CHECK(waiting.find(last, browser, decisions_start)->begun.url == begun.url);
    CHECK(waiting.find(last, browser, decisions_start)->provider == 1);
    CHECK_FALSE(waiting.find(last, coauth::browser_binding::random(), decisions_start));
    CHECK_FALSE(waiting.find(last, coauth::browser_binding(), decisions_start));
    CHECK_FALSE(waiting.find(last, browser, decisions_start + 10min));
    CHECK(waiting.add(entry, decisions_start + 10min, 10min));
    CHECK_FALSE(waiting.find(last, browser, decisions_start));
}

TEST_CASE("login_notice: every end of a login has a page with a status of its kind")
{
    const std::set<int> good = {200, 400, 410};
    for (const auto status : {login_status::denied, login_status::expired, login_status::unknown,
             login_status::replayed, login_status::wrong_browser})
        CHECK(good.count(login_notice(status).status) == 1);
    CHECK(login_notice(login_status::denied).status == 200);
    for (int code = 1; code <= static_cast<int>(errc::sealed_record); ++code) {
        const coauth::error failure(static_cast<errc>(code), "a secret detail");
        CAPTURE(std::string(name(failure.reason())));
        for (const auto step : {login_step::begin, login_step::finish}) {
            const notice content = login_notice(failure, step);
            CHECK(content.status >= 400);
            CHECK(content.status != 500);
            CHECK_FALSE(content.title.empty());
            CHECK(content.text.find("secret detail") == std::string::npos);
            CHECK((content.status == 503) == content.retry_after.has_value());
        }
        CHECK(login_notice(failure, login_step::begin).status >= 500);
    }
    CHECK(login_notice(coauth::error(errc::timeout), login_step::begin).status == 504);
    CHECK(login_notice(coauth::error(errc::rate_limited).with_retry_after(9s), login_step::begin).retry_after == 9s);
}

TEST_CASE("login_routes: they are whole paths, but for the id of a waiting login and a provider's name")
{
    struct {
        const char* path;
        std::optional<login_route> route;
        std::size_t provider = 0;
        const char* id = "";
    } const rows[] = {
        {"/login", login_route::login},
        {"/login/x", login_route::login},
        {"/login/other", login_route::login, 1},
        {"/callback", login_route::callback},
        {"/callback/x", login_route::callback},
        {"/callback/other", login_route::callback, 1},
        {"/waiting/abc", login_route::waiting, 0, "abc"},
        {"/waiting/", login_route::waiting},
        {"/logout", login_route::logout},
        {"", std::nullopt},
        {"/", std::nullopt},
        {"/x", std::nullopt},
        {"/login/", std::nullopt},
        {"/login/y", std::nullopt},
        {"/login/other/", std::nullopt},
        {"/loginx", std::nullopt},
        {"/Login", std::nullopt},
        {"/login/X", std::nullopt},
        {"/callback/", std::nullopt},
        {"/callback/y", std::nullopt},
        {"/waiting", std::nullopt},
        {"/logout/x", std::nullopt},
        {"//", std::nullopt},
        {"/login/..", std::nullopt},
    };
    for (const auto& row : rows) {
        CAPTURE(std::string(row.path));
        const auto found = find_login_route(row.path, {"x", "other"});
        REQUIRE(found.has_value() == row.route.has_value());
        if (found) {
            CHECK(found->route == *row.route);
            CHECK(found->provider == row.provider);
            CHECK(found->id == row.id);
        }
    }
    CHECK(method_of(login_route::login) == "POST");
    CHECK(method_of(login_route::callback) == "GET");
    CHECK(method_of(login_route::waiting) == "GET");
    CHECK(method_of(login_route::logout) == "POST");
}

TEST_CASE("login_metrics: they are families of samples, each with its help and type")
{
    login_numbers numbers;
    numbers.session.logins.begun = 7;
    numbers.session.logins.expired = 2;
    numbers.pending = 3;
    CHECK(metrics_text(numbers).find("coauth_connections") == std::string::npos);
    numbers.connections.emplace();
    numbers.connections->open = 5;
    numbers.connections->idle = 4;
    const std::string text = metrics_text(numbers);
    for (const char* line : {"coauth_logins_begun_total 7\n", "coauth_logins_ended_total{status=\"expired\"} 2\n",
             "coauth_logins_pending 3\n", "coauth_connections{state=\"idle\"} 4\n",
             "coauth_connections{state=\"busy\"} 1\n", "# TYPE coauth_logins_pending gauge\n",
             "# TYPE coauth_logins_begun_total counter\n"})
        CHECK(text.find(line) != std::string::npos);
    std::istringstream lines(text);
    std::string line;
    std::set<std::string> seen;
    while (std::getline(lines, line)) {
        CAPTURE(line);
        CHECK(line.starts_with(line.starts_with("#") ? "# " : "coauth_"));
        CHECK(seen.insert(line).second);
    }
    CHECK(text.back() == '\n');
    CHECK(text.find("coauth_visitors") == std::string::npos);
    numbers.pending.reset();
    numbers.visitors = 2;
    CHECK(metrics_text(numbers).find("coauth_visitors 2\n") != std::string::npos);
    CHECK(metrics_text(numbers).find("coauth_logins_pending") == std::string::npos);
    CHECK(metrics_text(numbers).find("coauth_logins_begun_total 7\n") != std::string::npos);
}
