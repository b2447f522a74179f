// What the example decides, without a request.
#include "login_server/card.hpp"
#include "login_server/flags.hpp"
#include "login_server/people.hpp"
#include "program/open_files.hpp"
#include "program/provider_choice.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <string>
#include <vector>

using namespace login_server;
using coauth::errc;

namespace {

coauth::user_key account_key(const char* id, const char* provider = "x")
{
    return coauth::user_key(provider, id);
}

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

// "x - https://a, google https://b -": names and bases, or the fault.
std::string chosen(
    const char* names, const std::vector<std::string>& addresses,
    const std::function<void(program::login_flags&)>& change = [](program::login_flags&) {})
{
    program::login_flags given;
    given.addresses = addresses;
    change(given);
    const auto choices = program::choose_providers(given, names);
    if (!choices)
        return "fault: " + choices.error().message();
    std::string out;
    for (const auto& each : *choices)
        out += (out.empty() ? "" : ", ") + each.name + ' ' + (each.base.empty() ? "-" : each.base) + ' ' +
               (each.api_base.empty() ? "-" : each.api_base);
    return out;
}

bool is_fault(const std::string& text, const char* part)
{
    return text.starts_with("fault: ") && text.find(part) != text.npos;
}

} // namespace

TEST_CASE("provider flags: --provider is [NAME=]BASE[,API_BASE], and without a name X")
{
    struct row {
        std::vector<std::string> addresses;
        const char* expected;
    };
    const row rows[] = {
        {{}, "x - -, google - -, github - -, facebook - -"},
        {{"https://api.x.com"}, "x - https://api.x.com"},
        {{"x=https://api.x.com"}, "x - https://api.x.com"},
        {{"x=https://login.example,https://api.example"}, "x https://login.example https://api.example"},
        {{"https://api.example?a=b"}, "x - https://api.example?a=b"},
        {{"google=https://accounts.google.com"}, "google https://accounts.google.com -"},
        {{"github=https://github.com"}, "github https://github.com https://api.github.com"},
        {{"github=https://git.example/"}, "github https://git.example/ https://git.example/api/v3"},
        {{"github=https://a.example,https://b.example"}, "github https://a.example https://b.example"},
        {{"facebook=https://www.facebook.com"}, "facebook https://www.facebook.com https://graph.facebook.com"},
        {{"facebook=https://a.example,https://b.example"}, "facebook https://a.example https://b.example"},
        {{"oidc=https://sso.example/a=b"}, "oidc https://sso.example/a=b -"},
        {{"oidc=https://a.example", "x=https://b.example"}, "oidc https://a.example -, x - https://b.example"},
    };
    for (const row& each : rows) {
        CAPTURE(each.expected);
        CHECK(chosen("", each.addresses) == each.expected);
    }
    for (const char* wrong : {"", "x=", "github=https://a,", "github=,https://a", "x=https://a,https://b,https://c"}) {
        CAPTURE(wrong);
        CHECK(is_fault(chosen("", {wrong}), "is not of the form [NAME=]BASE[,API_BASE]"));
    }
    CHECK(is_fault(chosen("", {"twitter=https://a.example"}), "\"twitter\" is not a provider"));
    CHECK(is_fault(chosen("", {"Google=https://a.example"}), "\"Google\" is not a provider"));
    CHECK(is_fault(chosen("", {"google=https://a.example,https://b.example"}), "two bases of google"));
    CHECK(is_fault(chosen("", {"oidc=https://a.example,https://b.example"}), "two bases of oidc"));
    CHECK(is_fault(chosen("", {"facebook=https://a.example"}), "one base of facebook"));
    CHECK(is_fault(chosen("", {"https://a.example", "x=https://b.example"}), "base of x twice"));
}

TEST_CASE("provider flags: --with has the names, and each is in the sandbox or has a base")
{
    CHECK(chosen("oidc", {}) == "oidc - -");
    CHECK(chosen("facebook,x", {}) == "facebook - -, x - -");
    CHECK(chosen("google", {"https://a.example", "google=https://b.example"}) == "google https://b.example -");
    CHECK(is_fault(chosen("google", {"https://a.example"}), "add --provider google=https://accounts.google.com"));
    CHECK(is_fault(chosen("x,github", {"https://a.example"}), "does not say where github is"));
    for (const char* list : {"gogle", "x,", ",x", "x,,google", "x, google", "X"})
        CHECK(is_fault(chosen(list, {}), "is not a provider"));
    CHECK(is_fault(chosen("x,google,x", {}), "has x twice"));
}

TEST_CASE("provider flags: those of one provider do not go with another")
{
    const auto issuer = [](const char* url) { return [url](program::login_flags& f) { f.issuer = url; }; };
    const auto authorize = [](program::login_flags& f) { f.common.authorize_base = "https://login.example"; };
    const auto old_api = [](program::login_flags& f) { f.common.api = "1.1"; };
    CHECK(chosen("oidc", {}, issuer("https://a.example")) == "oidc https://a.example -");
    CHECK(chosen("", {}, issuer("https://a.example")) == "oidc https://a.example -");
    CHECK(chosen("oidc", {"oidc=https://a.example"}, issuer("https://a.example")) == "oidc https://a.example -");
    CHECK(is_fault(chosen("oidc", {"oidc=https://a.example"}, issuer("https://a.example/")), "must be equal"));
    CHECK(is_fault(chosen("google", {}, issuer("https://a.example")), "--issuer is for the provider oidc"));
    CHECK(is_fault(chosen("oidc", {}, issuer("")), "--issuer is empty"));
    CHECK(chosen("x", {"https://a.example"}, authorize) == "x - https://a.example");
    CHECK(is_fault(chosen("github", {}, authorize), "--authorize-base is for the provider x"));
    CHECK(is_fault(chosen("x", {"x=https://b.example,https://a.example"}, authorize), "two places"));
    CHECK(chosen("x", {}, old_api) == "x - -");
    CHECK(is_fault(chosen("google", {}, old_api), "--api 1.1 is for the provider x with OAuth 1.0a"));
    CHECK(is_fault(chosen("x", {},
                       [&](program::login_flags& f) {
                           f.oauth2 = true;
                           old_api(f);
                       }),
        "--api 1.1 is for"));
}

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
    all.signed_in(account_key("1"));
    all.fill(account_key("1"), profile_of("1"));
    card mine = all.card_of(account_key("1"));
    mine.name = "the first jack";
    all.save(account_key("1"), mine);
    all.signed_in(account_key("2"));
    all.fill(account_key("2"), profile_of("2")); // the same user name, another person
    CHECK(all.card_of(account_key("1")).name == "the first jack");
    CHECK(all.card_of(account_key("2")).name == "Jack");
    CHECK(all.card_of(account_key("3")) == card());
    CHECK(all.card_of(account_key("1", "github")) == card()); // another account than X's
    all.signed_in(account_key("1", "github"));
    all.fill(account_key("1", "github"), profile_of("1"));
    CHECK(all.card_of(account_key("1", "github")).name == "Jack");
    CHECK(all.card_of(account_key("1")).name == "the first jack");
}

TEST_CASE("login_server people: a card is filled once a login, and not after it was edited")
{
    people all;
    all.signed_in(account_key("1"));
    CHECK(all.wants_filling(account_key("1")));
    all.save(account_key("1"), card());
    all.fill(account_key("1"), profile_of("1")); // an answer that was on its way
    CHECK(all.card_of(account_key("1")) == card());
    all.signed_in(account_key("1"));
    all.fill(account_key("1"), profile_of("1"));
    CHECK(all.card_of(account_key("1")).name == "Jack");
    CHECK_FALSE(all.wants_filling(account_key("1")));
}

TEST_CASE("login_server people: who signed in at another process, or before a restart, is filled in here, too")
{
    people all;
    CHECK(all.wants_filling(account_key("1")));
    all.fill(account_key("1"), profile_of("1"));
    CHECK(all.card_of(account_key("1")).name == "Jack");
    CHECK_FALSE(all.wants_filling(account_key("1")));
    all.save(account_key("2"), card());
    CHECK_FALSE(all.wants_filling(account_key("2")));
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
    CHECK(program::connections_for(16'000) <= 16'000);
    CHECK(program::connections_for(16'000) >= 1);
}
