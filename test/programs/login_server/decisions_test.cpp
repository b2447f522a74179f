// What the example decides, without a request.
#include "login_server/card.hpp"
#include "login_server/flags.hpp"
#include "login_server/open_files.hpp"
#include "login_server/people.hpp"

#include <doctest/doctest.h>

using namespace login_server;
using coauth::errc;

namespace {

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

TEST_CASE("login_server card: filling in touches the fields that are empty, each by itself")
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

TEST_CASE("login_server people: an account is an id, so taking over a user name does not take over the card")
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

TEST_CASE("login_server people: a card is filled once a login, and not after it was edited")
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

TEST_CASE("login_server card: what each field may hold")
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

TEST_CASE("login_server flags: unsafe ones are refused with what to do")
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

TEST_CASE("login_server open files: at least one connection is served, and not more than wanted")
{
    CHECK(connections_for(16'000) <= 16'000);
    CHECK(connections_for(16'000) >= 1);
}
