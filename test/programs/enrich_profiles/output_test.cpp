#include "enrich_profiles/output_line.hpp"
#include "enrich_profiles/release_window.hpp"
#include "enrich_profiles/tally.hpp"

#include <boost/json/parse.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace enrich;
using coauth::lookup;
using coauth::lookup_outcome;

namespace {

input of(std::string text, std::uint64_t number = 0)
{
    input i;
    i.text = std::move(text);
    i.number = number;
    return i;
}

lookup found(const std::string& username)
{
    lookup lookup_of_user(username, lookup_outcome::found);
    lookup_of_user.profile.emplace();
    lookup_of_user.profile->id = "1";
    lookup_of_user.profile->username = username;
    lookup_of_user.profile->name = "A \"name\"\n";
    return lookup_of_user;
}

std::string without_end(const output_line& line)
{
    REQUIRE(line.text.ends_with('\n'));
    return line.text.substr(0, line.text.size() - 1);
}

} // namespace

TEST_CASE("output: a line has its keys in order and can be read again for any input")
{
    for (const std::string& text :
        {std::string("jack"), std::string(), std::string("q\"\\\n\t\x01/"), std::string("\xc3\xa4\xef\xbf\xbd"),
            std::string("\\"), std::string("\",\"outcome\":\"found\""), std::string("a\0b", 3)}) {
        const std::string line = without_end(lookup_line(of(text), found("jack")));
        CAPTURE(line);
        CHECK(line.find('\n') == line.npos);
        const auto json = boost::json::parse(line).get_object();
        std::vector<std::string> keys;
        for (const auto& member : json)
            keys.emplace_back(member.key());
        CHECK(keys == std::vector<std::string>{"input", "outcome", "profile", "error"});
        CHECK(json.at("input").get_string() == text);
        const auto read_back = read_output_line(line);
        REQUIRE(read_back);
        CHECK(read_back->input == text);
        CHECK(read_back->kind == outcome::found);
    }
}

TEST_CASE("output: each outcome has its word and its members")
{
    lookup failed("jack", lookup_outcome::failed);
    failed.why = coauth::error(coauth::errc::timeout);
    struct row {
        output_line line;
        std::string word, profile, error;
    };
    const std::vector<row> rows = {
        {lookup_line(of("a"), found("a")), "found", "object", "null"},
        {lookup_line(of("a"), lookup("a", lookup_outcome::not_found)), "not_found", "null", "null"},
        {lookup_line(of("a"), lookup("a", lookup_outcome::suspended)), "suspended", "null", "null"},
        {lookup_line(of("a"), lookup("a", lookup_outcome::forbidden)), "protected", "null", "null"},
        {lookup_line(of("a"), failed), "failed", "null", "timeout"},
        {invalid(of("a"), coauth::error(coauth::errc::invalid_argument)), "invalid", "null", "invalid_argument"},
    };
    for (const auto& r : rows) {
        CAPTURE(r.word);
        const auto json = boost::json::parse(r.line.text).get_object();
        CHECK(json.at("outcome").get_string() == r.word);
        CHECK(name(r.line.kind) == r.word);
        CHECK(json.at("profile").is_null() == (r.profile == "null"));
        const auto* why = json.at("error").if_object();
        CHECK((why ? std::string(why->at("code").get_string()) : "null") == r.error);
        CHECK(read_output_line(without_end(r.line))->kind == r.line.kind);
    }
}

TEST_CASE("output: a line that this program did not write is not taken for one")
{
    const std::string good = without_end(lookup_line(of("jack"), lookup("a", lookup_outcome::not_found)));
    CHECK(read_output_line(good));
    for (const std::string& line : std::vector<std::string>{"", "{}", "jack", good + " ", " " + good, good + good + "]",
             "{\"input\":\"a\"}", "{\"input\":1,\"outcome\":\"found\",\"profile\":null,\"error\":null}",
             "{\"input\":\"a\",\"outcome\":\"lost\",\"profile\":null,\"error\":null}",
             "{\"input\":\"a\\q\",\"outcome\":\"found\",\"profile\":null,\"error\":null}", "{\"input\":\"a\\",
             "{\"input\":\"a\\\"}", "{\"outcome\":\"found\",\"input\":\"a\"}"}) {
        CAPTURE(line);
        CHECK(!read_output_line(line));
    }
}

TEST_CASE("output: a last line without its end is whole, torn or foreign at every cut")
{
    const std::string line = without_end(lookup_line(of("ja\"ck"), found("jack")));
    for (std::size_t cut = 0; cut < line.size(); ++cut) {
        CAPTURE(cut);
        CHECK(look_at_remnant(std::string_view(line).substr(0, cut)) == remnant::torn);
    }
    CHECK(look_at_remnant(line) == remnant::whole);
    for (const char* text : {"x", "{}", "[", "{\"inpux", "{\"input\":1", "important notes"})
        CHECK(look_at_remnant(text) == remnant::foreign);
}

TEST_CASE("output: in order lines wait for those before them")
{
    release_window window(true, 3);
    std::vector<std::uint64_t> tickets;
    for (std::uint64_t n = 0; n < 3; ++n) {
        CHECK(window.fits(n));
        tickets.push_back(window.take(n));
    }
    CHECK(!window.fits(3));
    const auto release_after = [&](std::size_t n) {
        output_line line;
        line.text = std::to_string(n);
        window.set_line(tickets[n], line);
        std::string released;
        for (const auto& l : window.release())
            released += l.text;
        return released;
    };
    CHECK(release_after(1) == "");
    CHECK(!window.fits(3));
    CHECK(release_after(0) == "01");
    CHECK(window.fits(4));
    CHECK(!window.fits(5));
    tickets.push_back(window.take(3));
    CHECK(release_after(3) == "");
    CHECK(release_after(2) == "23");
    CHECK(window.fits(1000));
}

TEST_CASE("output: unordered lines go at once but the oldest input without one bounds how far they get ahead")
{
    release_window window(false, 3);
    const auto first = window.take(10);
    const auto second = window.take(12);
    CHECK(!window.fits(13));
    window.set_line(second, output_line());
    CHECK(window.release().size() == 1);
    CHECK(!window.fits(13));
    window.set_line(first, output_line());
    CHECK(window.release().size() == 1);
    CHECK(window.release().empty());
    CHECK(window.fits(13));
}

TEST_CASE("release_window: the rest is what waits behind inputs that have no line, in order")
{
    release_window window(true, 10);
    std::vector<std::uint64_t> tickets;
    for (std::uint64_t n = 0; n < 5; ++n)
        tickets.push_back(window.take(n));
    for (const std::size_t n : std::vector<std::size_t>{4, 2, 0}) {
        output_line line;
        line.number = n;
        window.set_line(tickets[n], line);
    }
    CHECK(window.release().size() == 1);
    const auto rest = window.release_rest();
    REQUIRE(rest.size() == 2);
    CHECK(rest[0].number == 2);
    CHECK(rest[1].number == 4);
    CHECK(window.release_rest().empty());
}

TEST_CASE("tally: lines that replace failed ones are counted in their place")
{
    tally counts;
    for (const auto kind : {outcome::found, outcome::failed, outcome::failed, outcome::failed})
        counts.count(kind);
    tally added;
    added.count(outcome::not_found);
    added.count(outcome::failed);
    counts.replace_failed(added);
    CHECK(counts.all() == 4);
    CHECK(counts.of(outcome::found) == 1);
    CHECK(counts.of(outcome::not_found) == 1);
    CHECK(counts.of(outcome::failed) == 2);
}

TEST_CASE("output: the summary has its keys in order and plain numbers")
{
    tally counts;
    for (const auto kind : {outcome::found, outcome::found, outcome::not_found, outcome::suspended,
             outcome::is_protected, outcome::invalid, outcome::failed})
        counts.count(kind);
    usage run;
    run.requests = 3;
    run.waited = std::chrono::milliseconds(1500);
    run.cost = 20'000;
    CHECK(summary(counts, run) ==
          "{\"inputs\":7,\"found\":2,\"not_found\":1,\"suspended\":1,\"invalid\":1,\"failed\":1,\"requests\":3,"
          "\"waited_s\":1.5,\"cost_usd\":0.02}");
}
