// What the site decides, without a request.
#include "login_server/begin_limits.hpp"
#include "login_server/card.hpp"
#include "login_server/flags.hpp"
#include "login_server/message.hpp"
#include "login_server/metrics.hpp"
#include "login_server/open_files.hpp"
#include "login_server/people.hpp"
#include "login_server/routes.hpp"
#include "login_server/waiting_rooms.hpp"

#include <doctest/doctest.h>

#include <set>
#include <sstream>

using namespace login_server;
using coauth::errc;
using coauth::login_status;
using namespace std::chrono_literals;

namespace {

const std::chrono::steady_clock::time_point start{std::chrono::hours(100)};

coauth::profile profile_of(const char* id)
{
    coauth::profile p;
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
    coauth::profile little;
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

namespace {

// A pattern of who asks, one begin each: "k" and "n" are a known browser and a newcomer that may begin,
// "K" and "N" ones that are refused, each from an address of its own; "." is a second later.
void check_begins(begin_limits& limits, std::string_view pattern)
{
    static int address = 0;
    auto now = start;
    for (const char c : pattern) {
        if (c == '.') {
            now += 1s;
            continue;
        }
        ++address;
        const std::string text = "10.1." + std::to_string(address / 250) + '.' + std::to_string(address % 250);
        const auto refusal = limits.take(text, c == 'n' || c == 'N', now);
        CHECK_MESSAGE(refusal.has_value() == (c == 'K' || c == 'N'), std::string(pattern));
        if (refusal) {
            CHECK(refusal->reached == begin_limits::limit::site);
            CHECK(refusal->wait > 0ms);
        }
    }
}

} // namespace

TEST_CASE("begin_limits: newcomers use up their share and nothing else")
{
    begin_sizes sizes;
    sizes.of_all = coauth::site::bucket_size(5, 1s);
    sizes.of_newcomers = coauth::site::bucket_size(2, 2s);
    for (const char* pattern : {
             "nnNNNkkkKN",                // the rest is for known browsers
             "kkkkkKN",                   // who have no share of their own
             "nnNNN.NkkkkK",              // a second gives one to all, and none to newcomers yet
             "nnN..nNkkkkK",              // two seconds do
             "nnN.N.nN.N.nN.N.n",         // refused ones cost nothing, neither of the one nor of the other
             "nnNkkkKN.kKN.kN.kN",        // while all are wanted, newcomers wait
             "nn....................nnN", // no share grows beyond its size
         }) {
        begin_limits limits(sizes);
        check_begins(limits, pattern);
    }
}

TEST_CASE("begin_limits: at 300 newcomers a second every known browser begins, up to 40 a second")
{
    begin_limits limits{begin_sizes()};
    int newcomers = 0;
    for (int ms = 0; ms < 60'000; ++ms) {
        const auto now = start + std::chrono::milliseconds(ms);
        const auto address = [ms](const char* network) {
            return network + std::to_string(ms / 250) + '.' + std::to_string(ms % 250);
        };
        if (ms % 10 < 3)
            newcomers += limits.take(address("10.2."), true, now) ? 0 : 1;
        if (ms % 25 == 0)
            CHECK_FALSE(limits.take(address("10.3."), false, now));
    }
    CHECK(newcomers >= 1'000 + 590);
    CHECK(newcomers <= 1'000 + 600);
}

TEST_CASE("begin_limits: one address has its own limit first, known or not")
{
    begin_sizes sizes;
    sizes.of_address = coauth::site::bucket_size(2, 3s);
    sizes.of_newcomers = coauth::site::bucket_size(3, 1h);
    begin_limits limits(sizes);
    for (const bool newcomer : {false, true})
        CHECK_FALSE(limits.take("192.0.2.1", newcomer, start));
    for (const bool newcomer : {false, true}) {
        const auto refusal = limits.take("192.0.2.1", newcomer, start);
        REQUIRE(refusal);
        CHECK(refusal->reached == begin_limits::limit::address);
        CHECK(refusal->wait == 3s);
    }
    // What an address was refused, newcomers have not lost.
    for (const char* address : {"192.0.2.2", "192.0.2.3"})
        CHECK_FALSE(limits.take(address, true, start));
    const auto refusal = limits.take("192.0.2.4", true, start);
    REQUIRE(refusal);
    CHECK(refusal->reached == begin_limits::limit::site);
    CHECK(refusal->wait == 1h);
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

TEST_CASE("begin_sizes: what the manual names")
{
    using std::chrono::milliseconds;
    begin_limits limits{begin_sizes()};
    const auto address = [](int n) { return "10.0." + std::to_string(n / 250) + '.' + std::to_string(n % 250); };
    for (int i = 0; i < 5'000; ++i)
        REQUIRE_FALSE(limits.take(address(i), false, start));
    const auto refused = limits.take(address(5'000), false, start);
    REQUIRE(refused);
    CHECK(refused->reached == begin_limits::limit::site);
    CHECK(refused->wait == milliseconds(20));
    int begun = 0;
    for (int i = 0; i < 60; ++i)
        begun += !limits.take(address(i), false, start + std::chrono::seconds(1));
    CHECK(begun == 50);
    // What the site refuses is not counted at the address.
    for (int i = 0; i < 30; ++i)
        CHECK(limits.take("192.0.2.1", false, start + std::chrono::seconds(1))->reached == begin_limits::limit::site);
    CHECK_FALSE(limits.take("192.0.2.1", false, start + std::chrono::seconds(2)));
    CHECK(connections_for(16'000) <= 16'000);
    CHECK(connections_for(16'000) >= 1);
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
    numbers.pending.reset();
    CHECK(metrics_text(numbers).find("coauth_logins_pending") == std::string::npos);
    CHECK(metrics_text(numbers).find("coauth_logins_begun_total 7\n") != std::string::npos);
}
