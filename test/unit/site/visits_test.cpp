// How visits begin and end, without a request.
#include "site/visits.hpp"
#include "unit/site/failing_visitors.hpp"
#include "unit/store/store_bench.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>

using namespace std::chrono_literals;
using coauth::signed_in_user;
using coauth::user_key;
using coauth::site::departures;
using coauth::testing::failing_visitors;

namespace {

signed_in_user user_of_x(const std::string& id, const std::string& username)
{
    return signed_in_user("x", id, username);
}

/// Visits in memory, at a time that the test sets.
class visits_fixture {
public:
    std::string begin(const std::string& id, const std::string& username)
    {
        return bench.run(all.begin(user_of_x(id, username), {})).value().cookie;
    }
    std::optional<signed_in_user> find(const std::string& cookie) { return bench.run(all.find(cookie)).value(); }
    std::string end(const std::string& cookie)
    {
        const auto left = bench.run(all.end(cookie)).value();
        return left ? left->id : "";
    }
    std::vector<std::string> expire(std::size_t limit)
    {
        const auto left = bench.run(all.expire(limit)).value();
        std::vector<std::string> ids;
        for (const user_key& user : left)
            ids.push_back(user.id);
        return ids;
    }
    std::size_t count() { return bench.run(all.count()).value(); }
    coauth::site::visits::time_point now() const { return bench.clock->now(); }

    coauth::testing::store_bench bench;
    std::shared_ptr<failing_visitors> visitors = std::make_shared<failing_visitors>(bench.clock);
    std::shared_ptr<departures> later = std::make_shared<departures>();
    coauth::site::visits all{visitors, later, bench.clock};
};

constexpr std::chrono::hours visit_length(12);

// Runs a script of visits, see below.
void check_visits(std::string_view script)
{
    visits_fixture v;
    std::map<char, std::string> cookies; // by browser
    while (!script.empty()) {
        const auto end = std::min(script.find(' '), script.size());
        std::string_view step = script.substr(0, end);
        script.remove_prefix(std::min(end + 1, script.size()));
        CAPTURE(std::string(step));
        const auto equals = std::min(step.find('='), step.size());
        const std::string expected(step.substr(std::min(equals + 1, step.size())));
        step = step.substr(0, equals);
        std::string left;
        const std::string user(1, step[0]);
        for (const char c : step) {
            v.bench.clock->advance(c == '.' ? 1s : c == ',' ? 30s : c == ':' ? 60s : 0s);
            if (c == '/')
                v.bench.clock->advance(12h - 1s);
        }
        if (step[0] == '-') {
            left = v.end(cookies[step[1]]);
        } else if (step.find_first_of(".,:/") == 0) {
            for (const std::string& each : v.expire(9))
                left += each;
        } else if (step[1] == '*') {
            left = v.bench.run(v.all.end_all(user_key("x", user), v.now() - 1s)).value() ? user : "";
        } else if (step[1] == '+') {
            v.later->expect(user_key("x", user), v.bench.clock->steady_now());
        } else if (step[1] == '~') {
            v.later->retry(user_key("x", user), v.bench.clock->steady_now());
        } else {
            const auto begun = v.bench.run(v.all.begin(user_of_x(user, user), cookies[step[1]])).value();
            cookies[step[1]] = begun.cookie;
            left = begun.left ? begun.left->id : "";
        }
        CHECK(left == expected);
    }
}

} // namespace

TEST_CASE("visits: a browser is known by a cookie of its own until it leaves or its time is over")
{
    visits_fixture v;
    const std::string cookie = v.begin("1", "ada");
    v.bench.clock->advance(1h);
    const std::string other = v.begin("1", "ada");
    CHECK(cookie != other);
    CHECK(cookie.size() == 43);
    CHECK(v.find(cookie)->username == "ada");
    CHECK(v.find(cookie)->provider == "x");
    CHECK_FALSE(v.find(""));
    CHECK_FALSE(v.find(cookie.substr(1)));
    v.bench.clock->advance(visit_length - 1h);
    CHECK_FALSE(v.find(cookie));
    CHECK(v.find(other));
    CHECK(v.end("no cookie") == "");
    CHECK(v.end(cookie) == ""); // not the last
    CHECK(v.end(other) == "1");
    CHECK_FALSE(v.find(other));
    CHECK(v.count() == 0);
    CHECK(v.all.lifetime() == visit_length);
}

TEST_CASE("visits: a user's seventeenth browser signs out the first, and no other user's")
{
    visits_fixture v;
    const std::string stranger = v.begin("2", "bob");
    std::vector<std::string> cookies;
    for (std::size_t i = 0; i <= 16; ++i)
        cookies.push_back(v.begin("1", "ada"));
    CHECK_FALSE(v.find(cookies.front()));
    for (std::size_t i = 1; i < cookies.size(); ++i)
        CHECK(v.find(cookies[i]));
    CHECK(v.find(stranger));
    CHECK(v.count() == 17);
    CHECK(v.bench.run(v.all.end_all(user_key("x", "1"), v.now())).value());
    CHECK(v.count() == 1);
    CHECK_FALSE(v.find(cookies.back()));
}

TEST_CASE("visits: those whose time is over end, and users whose last one it was are returned")
{
    visits_fixture v;
    v.begin("1", "ada");
    v.begin("2", "bob");
    v.bench.clock->advance(1h);
    const std::string later = v.begin("2", "bob");
    CHECK(v.expire(9).empty());
    v.bench.clock->advance(visit_length - 1h);
    CHECK(v.expire(9) == std::vector<std::string>{"1"});
    CHECK(v.find(later));
    v.bench.clock->advance(1h);
    CHECK(v.expire(9) == std::vector<std::string>{"2"});
    CHECK(v.count() == 0);
}

TEST_CASE("visits: a user has left when the last visit has ended, and not before")
{
    // Letters are users, numbers are browsers: "a1" a signs in at 1, "-1" the browser's cookie leaves, "a*" all
    // of a's leave that began a second ago or before, "a+" a is expected, "a~" a's token could not be
    // dropped; ".", ",", ":" and "/" are 1 s, 30 s, 60 s and 12 h less 1 s. After "=": the users who have left by it.
    struct {
        const char* name;
        const char* script;
    } const rows[] = {
        {"signs out", "a1 -1=a -1"},
        {"signs out twice", "a1 -1=a -1 a1 -1=a"},
        {"signs out in one of two browsers", "a1 a2 -1 -2=a"},
        {"another signs in in the same browser", "a1 b1=a -1=b"},
        {"another signs in in one of two", "a1 a2 b1 -2=a -1=b"},
        {"the same signs in again", "a1 a1 a1 -1=a"},
        {"back and forth", "a1 b1=a a1=b b1=a -1=b"},
        {"the seventeenth visit",
            "a1 a2 a3 a4 a5 a6 a7 a8 aA aB aC aD aE aF aG aH a9 -1 -2 -3 -4 -5 -6 -7 -8 -A -B -C -D -E -F -G -H -9=a"},
        {"the time is over", "a1 . b2 /=a .=b"},
        {"the time of one of two is over", "a1 . a2 / .=a"},
        {"signs in over a visit whose time is over", "a1 / .=a b1 -1=b"},
        {"is out everywhere", "a1 a2 . a*=a -1 -2"},
        {"is out everywhere but where the visit began since", "a1 . a2 a* -1 -2=a"},
        {"of two users one is out everywhere", "a1 b2 . a*=a -2=b"},
        {"leaves while expected", "a1 a+ -1 a2 -2=a"},
        {"is out everywhere while expected", "a1 a+ . a* a2 -2=a"},
        {"is expected in vain", "a+ :=a ."},
        {"is expected in vain while here", "a1 a+ : -1=a"},
        {"is expected twice, and comes once", "a+ a+ a1 -1 :=a :"},
        {"is expected, and comes late", "a+ :=a a1 -1=a"},
        {"the token is tried again", "a1 -1=a a~ .... :=a :"},
        {"the token is tried again until it is gone", "a1 -1=a a~ :=a a~ :=a : :"},
        {"has come back before the token is tried again", "a1 -1=a a~ a2 : -2=a"},
        {"is expected back before the token is tried again", "a1 -1=a a~ , a+ , a2 -2=a"},
        {"no user leaves by an unknown cookie", "-1 a1 -2 -1=a"},
    };
    for (const auto& row : rows) {
        CAPTURE(std::string(row.name));
        check_visits(row.script);
    }
}

TEST_CASE("visits: users whose time is over come a few at a time")
{
    visits_fixture v;
    for (const char* user : {"1", "2", "3"})
        v.begin(user, user);
    v.bench.clock->advance(visit_length);
    CHECK(v.expire(2) == std::vector<std::string>{"1", "2"});
    CHECK(v.expire(2) == std::vector<std::string>{"3"});
    CHECK(v.expire(2).empty());
    CHECK(v.count() == 0);
}

TEST_CASE("visits: the same id at two providers is two users")
{
    visits_fixture v;
    const signed_in_user other("other", "1", "ada");
    const std::string of_x = v.begin("1", "ada");
    const std::string of_other = v.bench.run(v.all.begin(other, {})).value().cookie;
    CHECK(v.find(of_other)->provider == "other");
    CHECK(v.end(of_x) == "1");
    CHECK(v.find(of_other));
    CHECK_FALSE(v.bench.run(v.all.has(user_key("x", "1"))).value());
    CHECK(v.bench.run(v.all.has(user_key("other", "1"))).value());
    CHECK(v.end(of_other) == "1");
}

TEST_CASE("visits: a user who is due while the store fails is returned later")
{
    visits_fixture v;
    v.later->retry(user_key("x", "1"), v.bench.clock->steady_now());
    v.bench.clock->advance(60s);
    v.visitors->failure = failing_visitors::untyped();
    CHECK(v.expire(9).empty());
    v.visitors->failure = nullptr;
    CHECK(v.expire(9).empty());
    v.bench.clock->advance(60s);
    CHECK(v.expire(9) == std::vector<std::string>{"1"});
}

TEST_CASE("visits: a user whose login is granted while the store is asked has not left")
{
    visits_fixture v;
    const user_key granted("x", "1");
    const user_key due("x", "2");
    v.later->retry(due, v.bench.clock->steady_now());
    v.bench.clock->advance(60s);
    v.visitors->failure = [&] { v.later->expect(due, v.bench.clock->steady_now()); };
    CHECK(v.expire(9).empty());
    visits_fixture other;
    other.visitors->failure = [&] { other.later->expect(granted, other.bench.clock->steady_now()); };
    CHECK(other.bench.run(other.all.has(granted)).value());
}
