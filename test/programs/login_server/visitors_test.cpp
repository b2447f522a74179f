// How visits begin and end, without a request.
#include "login_server/visitors.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>

using namespace std::chrono_literals;
using coauth::signed_in_user;
using login_server::visitors;

namespace {

const std::chrono::steady_clock::time_point visits_start{std::chrono::hours(100)};

// Runs a script of `visitors`, see below.
void check_visits(std::string_view script)
{
    visitors all;
    auto now = visits_start;
    std::map<char, std::string> ids; // by browser
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
            now += c == '.' ? 1s : c == ',' ? 30s : c == ':' ? 60s : 0s;
            if (c == '/')
                now += 12h - 1s;
        }
        if (step[0] == '-') {
            left = all.leave(ids[step[1]]).value_or("");
        } else if (step.find_first_of(".,:/") == 0) {
            for (const std::string& each : all.expire(now, 9))
                left += each;
        } else if (step[1] == '*') {
            left = all.leave_everywhere(user, now - 1s).value_or("");
        } else if (step[1] == '+') {
            all.expect(user, now);
        } else if (step[1] == '~') {
            all.forget_later(user, now);
        } else {
            auto entered = all.enter(signed_in_user("x", user, user), now, ids[step[1]]);
            ids[step[1]] = entered.id;
            left = entered.user_left.value_or("");
        }
        CHECK(left == expected);
    }
}

} // namespace

TEST_CASE("visitors are known by an id of their own until they leave or their time is over")
{
    visitors all;
    const std::string id = all.enter(signed_in_user("x", "1", "ada"), visits_start).id;
    const std::string other = all.enter(signed_in_user("x", "1", "ada"), visits_start + 1h).id;
    CHECK(id != other);
    CHECK(id.size() == 43);
    CHECK(all.find(id, visits_start)->username == "ada");
    CHECK_FALSE(all.find("", visits_start));
    CHECK_FALSE(all.find(id.substr(1), visits_start));
    CHECK_FALSE(all.find(id, visits_start + visitors::stay));
    CHECK_FALSE(all.leave("nobody"));
    CHECK_FALSE(all.leave(id)); // not the last
    CHECK_FALSE(all.find(id, visits_start));
    CHECK(all.leave(other) == "1");
    CHECK(all.count() == 0);
}

TEST_CASE("a person's seventeenth browser signs out the first, and nobody else's")
{
    visitors all;
    const std::string stranger = all.enter(signed_in_user("x", "2", "bob"), visits_start).id;
    std::vector<std::string> ids;
    for (std::size_t i = 0; i <= visitors::most_per_person; ++i)
        ids.push_back(all.enter(signed_in_user("x", "1", "ada"), visits_start).id);
    CHECK_FALSE(all.find(ids.front(), visits_start));
    for (std::size_t i = 1; i < ids.size(); ++i)
        CHECK(all.find(ids[i], visits_start));
    CHECK(all.find(stranger, visits_start));
    CHECK(all.count() == visitors::most_per_person + 1);
    CHECK(all.leave_everywhere("1", visits_start) == "1");
    CHECK(all.count() == 1);
    CHECK_FALSE(all.find(ids.back(), visits_start));
}

TEST_CASE("visitors whose time is over are forgotten, and their last one is told")
{
    visitors all;
    all.enter(signed_in_user("x", "1", "ada"), visits_start);
    all.enter(signed_in_user("x", "2", "bob"), visits_start);
    const std::string later = all.enter(signed_in_user("x", "2", "bob"), visits_start + 1h).id;
    CHECK(all.expire(visits_start, 9).empty());
    CHECK(all.expire(visits_start + visitors::stay, 9) == std::vector<std::string>{"1"});
    CHECK(all.find(later, visits_start + visitors::stay));
    CHECK(all.expire(visits_start + visitors::stay + 1h, 9) == std::vector<std::string>{"2"});
    CHECK(all.count() == 0);
}

TEST_CASE("visitors: a user has left when the last visit has ended, and not before")
{
    // Letters are users, numbers are browsers: "a1" a signs in at 1, "-1" the browser's id leaves, "a*" all
    // of a's leave that began a second ago or before, "a+" a is expected, "a~" a's token could not be
    // forgotten; ".", ",", ":" and "/" are 1 s, 30 s, 60 s and 12 h less 1 s. After "=": who has left by it.
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
        {"nobody leaves by what is no id", "-1 a1 -2 -1=a"},
    };
    for (const auto& row : rows) {
        CAPTURE(std::string(row.name));
        check_visits(row.script);
    }
}

TEST_CASE("visitors: users whose time is over come a few at a time")
{
    visitors all;
    for (const char* user : {"1", "2", "3"})
        all.enter(signed_in_user("x", user, user), visits_start);
    const auto late = visits_start + visitors::stay;
    CHECK(all.expire(late, 2) == std::vector<std::string>{"1", "2"});
    CHECK(all.expire(late, 2) == std::vector<std::string>{"3"});
    CHECK(all.expire(late, 2).empty());
    CHECK(all.count() == 0);
}
