// What the site decides, without a request.
#include "login_server/card.hpp"
#include "login_server/client_address.hpp"
#include "login_server/flags.hpp"
#include "login_server/message.hpp"
#include "login_server/metrics.hpp"
#include "login_server/people.hpp"
#include "login_server/routes.hpp"
#include "login_server/visitors.hpp"
#include "login_server/waiting_rooms.hpp"

#include <doctest/doctest.h>

#include <set>
#include <sstream>

using namespace login_server;
using coauth::errc;
using coauth::login_status;
using coauth::signed_in_user;
using namespace std::chrono_literals;

namespace {

const std::chrono::steady_clock::time_point start{std::chrono::hours(100)};

coauth::twitter::profile profile_of(const char* id)
{
    coauth::twitter::profile p;
    p.id = id;
    p.username = "jack";
    p.name = "Jack";
    p.description = "his words";
    p.url = "https://jack.example/";
    p.picture = "https://pictures.example/jack_normal.png";
    return p;
}

} // namespace

TEST_CASE("filling in touches the fields that are empty, each by itself")
{
    for (const auto& kept : fields) {
        CAPTURE(std::string(kept.name));
        card theirs;
        theirs.*kept.text = "mine";
        fill_in(theirs, profile_of("1"));
        for (const auto& each : fields)
            CHECK((theirs.*each.text == "mine") == (each.name == kept.name));
    }
    card empty;
    fill_in(empty, profile_of("1"));
    CHECK(empty.name == "Jack");
    CHECK(empty.username == "jack");
    CHECK(empty.picture == "https://pictures.example/jack_bigger.png");
    CHECK(empty.description == "his words");
    CHECK(empty.link == "https://jack.example/");
    card bare;
    coauth::twitter::profile little;
    little.name = "N";
    fill_in(bare, little);
    CHECK(bare.name == "N");
    CHECK(bare.picture.empty());
}

TEST_CASE("an account is an id: whoever takes over a user name does not take over the card")
{
    people all;
    all.signed_in("1");
    all.fill("1", profile_of("1"));
    card mine = all.card_of("1");
    mine.name = "the first jack";
    all.save("1", mine);
    all.signed_in("2");
    all.fill("2", profile_of("2")); // the same user name, another person
    CHECK(all.card_of("1").name == "the first jack");
    CHECK(all.card_of("2").name == "Jack");
    CHECK(all.card_of("3") == card());
}

TEST_CASE("a card is filled once a login, and not after it was edited")
{
    people all;
    CHECK_FALSE(all.wants_filling("1"));
    all.fill("1", profile_of("1"));
    CHECK(all.card_of("1") == card());
    all.signed_in("1");
    CHECK(all.wants_filling("1"));
    all.save("1", card());
    all.fill("1", profile_of("1")); // an answer that was on its way
    CHECK(all.card_of("1") == card());
    all.signed_in("1");
    all.fill("1", profile_of("1"));
    CHECK(all.card_of("1").name == "Jack");
    CHECK_FALSE(all.wants_filling("1"));
}

TEST_CASE("what a card may hold")
{
    struct {
        std::string card::*field;
        std::string text;
        bool good;
    } const rows[] = {
        {&card::name, std::string(50, 'x'), true},
        {&card::name, std::string(51, 'x'), false},
        {&card::name, "J\xc3\xbcrgen \xe7\xbe\x8e\xe5\x92\xb2 \xf0\x9f\x98\x80", true},
        {&card::name, "\xc3", false},
        {&card::name, "\xc0\xaf", false},
        {&card::name, "\xed\xa0\x80", false},
        {&card::name, "\xf4\x90\x80\x80", false},
        {&card::name, "\xe0\x80\x80", false},
        {&card::name, "a\tb", false},
        {&card::description, "two\r\nlines", true},
        {&card::name, "two\r\nlines", false},
        {&card::link, "https://a.example/\n", false},
        {&card::description, "a\x7f", false},
        {&card::picture, "https://a.example/p.png", true},
        {&card::picture, "http://a.example/p.png", false},
        {&card::picture, "javascript:alert(1)", false},
        {&card::picture, "data:image/png;base64,AAAA", false},
        {&card::picture, "//a.example/p.png", false},
        {&card::picture, "https://", false},
        {&card::link, "http://a.example", true},
        {&card::link, "https://user:word@a.example/", false},
        {&card::link, "ftp://a.example/", false},
        {&card::link, "a.example", false},
        {&card::link, "https://a.example/\" onclick=\"", false},
    };
    for (const auto& row : rows) {
        CAPTURE(row.text);
        card typed;
        typed.*row.field = row.text;
        CHECK(problems_of(typed).empty() == row.good);
    }
    CHECK(problems_of(card()).empty());
    for (const auto& each : fields) {
        card long_one;
        long_one.*each.text = std::string(each.longest + 1, 'x');
        const auto found = problems_of(long_one);
        REQUIRE_FALSE(found.empty());
        CHECK(found.front().field == each.name);
    }
}

TEST_CASE("visitors are known by an id of their own until they leave or their time is over")
{
    visitors all;
    const std::string id = all.enter(signed_in_user("1", "ada"), start);
    const std::string other = all.enter(signed_in_user("1", "ada"), start + 1h);
    CHECK(id != other);
    CHECK(id.size() == 43);
    CHECK(all.find(id, start)->username == "ada");
    CHECK_FALSE(all.find("", start));
    CHECK_FALSE(all.find(id.substr(1), start));
    CHECK_FALSE(all.find(id, start + visitors::stay));
    CHECK_FALSE(all.leave("nobody"));
    CHECK_FALSE(all.leave(id)); // not the last
    CHECK_FALSE(all.find(id, start));
    CHECK(all.leave(other)->id == "1");
    CHECK(all.count() == 0);
}

TEST_CASE("a person's seventeenth browser signs out the first, and nobody else's")
{
    visitors all;
    const std::string stranger = all.enter(signed_in_user("2", "bob"), start);
    std::vector<std::string> ids;
    for (std::size_t i = 0; i <= visitors::most_per_person; ++i)
        ids.push_back(all.enter(signed_in_user("1", "ada"), start));
    CHECK_FALSE(all.find(ids.front(), start));
    for (std::size_t i = 1; i < ids.size(); ++i)
        CHECK(all.find(ids[i], start));
    CHECK(all.find(stranger, start));
    CHECK(all.count() == visitors::most_per_person + 1);
    all.leave_everywhere("1");
    CHECK(all.count() == 1);
    CHECK_FALSE(all.find(ids.back(), start));
}

TEST_CASE("visitors whose time is over are forgotten, and their last one is told")
{
    visitors all;
    all.enter(signed_in_user("1", "ada"), start);
    all.enter(signed_in_user("2", "bob"), start);
    const std::string later = all.enter(signed_in_user("2", "bob"), start + 1h);
    CHECK(all.expire(start).empty());
    const auto gone = all.expire(start + visitors::stay);
    REQUIRE(gone.size() == 1);
    CHECK(gone.front().id == "1");
    CHECK(all.find(later, start + visitors::stay));
    CHECK(all.expire(start + visitors::stay + 1h).front().id == "2");
    CHECK(all.count() == 0);
}

TEST_CASE("waiting rooms are bounded, and those whose time is over make room")
{
    waiting_rooms rooms;
    const auto browser = coauth::browser_binding::random();
    const coauth::login begun("https://p.example/", browser, nullptr);
    std::string last;
    for (std::size_t i = 0; i < waiting_rooms::most; ++i)
        last = rooms.open(begun, start, 10min).value();
    CHECK_FALSE(rooms.open(begun, start, 10min));
    CHECK(rooms.find(last, browser, start)->url == begun.url);
    CHECK_FALSE(rooms.find(last, coauth::browser_binding::random(), start));
    CHECK_FALSE(rooms.find(last, coauth::browser_binding(), start));
    CHECK_FALSE(rooms.find(last, browser, start + 10min));
    CHECK(rooms.open(begun, start + 10min, 10min));
    CHECK_FALSE(rooms.find(last, browser, start));
}

TEST_CASE("every end of a login has a page with a status of its kind")
{
    const std::set<int> good = {200, 400, 410};
    for (const auto status : {login_status::denied, login_status::expired, login_status::unknown,
             login_status::replayed, login_status::wrong_browser})
        CHECK(good.count(message_for(status).status) == 1);
    CHECK(message_for(login_status::denied).status == 200);
    for (int code = 1; code <= static_cast<int>(errc::sealed_record); ++code) {
        const coauth::error why(static_cast<errc>(code), "a secret detail");
        CAPTURE(std::string(name(why.reason())));
        for (const auto where : {step::begin, step::finish}) {
            const message what = message_for(why, where);
            CHECK(what.status >= 400);
            CHECK(what.status != 500);
            CHECK_FALSE(what.title.empty());
            CHECK(what.text.find("secret detail") == std::string::npos);
            CHECK((what.status == 503) == what.retry_after.has_value());
        }
        CHECK(message_for(why, step::begin).status >= 500);
    }
    CHECK(message_for(coauth::error(errc::timeout), step::begin).status == 504);
    CHECK(message_for(coauth::error(errc::rate_limited).with_retry_after(9s), step::begin).retry_after == 9s);
}

TEST_CASE("routes are whole paths, but for the id of a waiting room")
{
    CHECK(find_route("/")->what == route::home);
    CHECK(find_route("/waiting/abc")->id == "abc");
    CHECK(find_route("/waiting/")->id == "");
    for (const char* path : {"", "/x", "/login/", "/Login", "/callback/x", "/waiting", "//", "/profile/.."})
        CHECK_FALSE(find_route(path));
    CHECK(takes(route::profile, "HEAD"));
    CHECK_FALSE(takes(route::callback, "HEAD"));
    CHECK_FALSE(takes(route::home, ""));
    CHECK_FALSE(takes(route::home, "GET, HEAD"));
    CHECK_FALSE(takes(route::login, "GET"));
}

TEST_CASE("the client behind a proxy is the last address the proxy wrote")
{
    struct {
        const char* peer;
        const char* forwarded;
        const char* client;
    } const rows[] = {
        {"10.0.0.1", "192.0.2.1", "192.0.2.1"},
        {"10.0.0.1", "evil, 192.0.2.1", "192.0.2.1"},
        {"10.0.0.1", "192.0.2.9,192.0.2.1", "192.0.2.1"},
        {"10.0.0.1", "192.0.2.8, 192.0.2.9, 192.0.2.1", "192.0.2.1"},
        {"10.0.0.1", "2001:db8::1", "2001:db8::1"},
        {"10.0.0.1", "", "10.0.0.1"},
        {"10.0.0.1", "192.0.2.1, ", "10.0.0.1"},
        {"10.0.0.1", "192.0.2.1:80", "10.0.0.1"},
        {"10.0.0.2", "192.0.2.1", "10.0.0.2"},
    };
    for (const auto& row : rows) {
        CAPTURE(std::string(row.forwarded));
        coauth::server::request r;
        r.peer = row.peer;
        r.headers.add("X-Forwarded-For", row.forwarded);
        CHECK(client_address(r, "10.0.0.1") == row.client);
        CHECK(client_address(r, "") == row.peer);
    }
    coauth::server::request twice;
    twice.peer = "10.0.0.1";
    twice.headers.add("X-Forwarded-For", "192.0.2.1");
    twice.headers.add("x-forwarded-for", "192.0.2.2");
    CHECK(client_address(twice, "10.0.0.1") == "192.0.2.2");
}

TEST_CASE("flags that would be unsafe are refused with what to do")
{
    const auto refused = [](auto change) {
        flags f;
        change(f);
        try {
            check(f);
            return false;
        } catch (const coauth::error& e) {
            return e.reason() == errc::invalid_argument && e.hint().has_value();
        }
    };
    CHECK_FALSE(refused([](flags&) {}));
    CHECK_FALSE(refused([](flags& f) { f.public_url = "https://example.org"; }));
    CHECK_FALSE(refused([](flags& f) { f.public_url = "http://localhost:8080/"; }));
    CHECK(refused([](flags& f) { f.public_url = "http://example.org"; }));
    CHECK(refused([](flags& f) { f.public_url = "https://example.org/app"; }));
    CHECK(refused([](flags& f) { f.public_url = "example.org"; }));
    CHECK(refused([](flags& f) { f.listen = "0.0.0.0:80"; }));
    CHECK(refused([](flags& f) { f.metrics = "0.0.0.0:9100"; }));
    CHECK(refused([](flags& f) { f.behind_proxy = "proxy.local"; }));
    flags open;
    open.listen = "0.0.0.0:80";
    open.public_url = "https://example.org";
    CHECK(check(open).public_origin->url() == "https://example.org");
    CHECK(check(open).threads >= 1);
}

TEST_CASE("metrics are families of samples, each with its help and type")
{
    site_numbers numbers;
    numbers.session.logins.begun = 7;
    numbers.session.logins.expired = 2;
    numbers.pending = 3;
    numbers.connections.open = 5;
    numbers.connections.idle = 4;
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
}
