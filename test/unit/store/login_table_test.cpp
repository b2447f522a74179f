#include "allocation_failure.hpp"
#include "store/login_table.hpp"

#include <coauth/error.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <malloc.h>
#include <map>
#include <new>
#include <random>
#include <string>

using namespace coauth;
using namespace coauth::store;
using namespace std::chrono_literals;
using status = taken_login::status;

namespace {

pending_login login(int number, int browser)
{
    // As X makes them: a token of 27 characters, a secret of 32.
    std::string token = std::to_string(number) + "-abcdefghijklmnopqrstuvwxyz0";
    token.resize(27);
    return pending_login(id_of_login("x", token), secret("0123456789abcdef0123456789abcdef"),
        digest_of_browser(std::to_string(browser)), "/where/they/came/from");
}

std::size_t in_use()
{
    const auto all = ::mallinfo2();
    return all.uordblks + all.hblkhd;
}

} // namespace

TEST_CASE("a pending login takes up to 400 bytes and a spent one a fourth of that")
{
    constexpr int n = 20'000;
    login_limits limits;
    limits.max_pending = n;
    login_table table(limits, {1, 2});
    login_table::time_point now{};
    const auto before = in_use();
    for (int i = 0; i < n; ++i)
        table.add(login(i, i), now);
    const auto each = (in_use() - before) / n;
    MESSAGE("a pending login takes " << each << " bytes");
    // Sanitizers bring their own heap, which counts otherwise.
    CHECK(each <= 400);

    CHECK(table.expire(now + limits.time_to_live).expired == n);
    const auto each_spent = (in_use() - before) / n;
    MESSAGE("a spent login takes " << each_spent << " bytes");
    CHECK(each_spent <= 136);
}

TEST_CASE("login_table: it frees no memory with a proof in it")
{
    const coauth::testing::freed_text freed("0123456789abcdef");
    {
        login_table table(login_limits(), {1, 2});
        login_table::time_point now{};
        table.add(login(1, 1), now);
        const pending_login begun = login(1, 1);
        CHECK(table.take(begun.id, begun.browser, now).login->proof.size() == 32);
        table.add(login(2, 2), now);
        now += table.limits().time_to_live;
        CHECK(table.expire(now).expired == 1);
        table.add(login(3, 3), now);
    }
    CHECK(freed.blocks() == 0);
}

TEST_CASE("login_table: a login for which memory fails at any allocation counts for no browser")
{
    login_limits limits;
    limits.max_per_browser = 1;
    std::size_t failing = 1;
    for (bool failed = true; failed; ++failing) {
        CAPTURE(failing);
        login_table table(limits, {1, 2});
        const login_table::time_point now{};
        pending_login first = login(1, 1);
        const auto browser = first.browser;
        coauth::testing::allocations_until_failure = failing;
        try {
            table.add(std::move(first), now);
            failed = false;
        } catch (const std::bad_alloc&) {}
        coauth::testing::memory_shortage::end();
        CHECK(table.count(browser, now).living == (failed ? 0 : 1));
        CHECK(table.count(browser, now).of_browser == (failed ? 0 : 1));
        if (failed)
            table.add(login(1, 1), now);
        CHECK_THROWS_AS(table.add(login(2, 1), now), error);
        CHECK(table.take(login(1, 1).id, browser, now).what == status::taken);
        CHECK(table.count(browser, now).of_browser == 0);
        table.add(login(2, 1), now);
    }
    CHECK(failing > 4); // the login, and a table each of logins and of browsers
}

TEST_CASE("login_table: nothing is kept of the browsers whose logins were refused")
{
    login_limits limits;
    limits.max_pending = 2;
    login_table table(limits, {1, 2});
    const login_table::time_point now{};
    table.add(login(1, 1), now);
    const auto before = in_use();
    for (int browser = 2; browser < 10'000; ++browser) {
        CHECK_THROWS_AS(table.add(login(1, browser), now), error); // its key is known
        CHECK(table.count(login(1, browser).browser, now).of_browser == 0);
    }
    CHECK(in_use() <= before + 1'000);
    table.add(login(2, 2), now);
    CHECK_THROWS_AS(table.add(login(3, 3), now), error);
}

// A slow and obvious model beside the table, and random steps in time.
TEST_CASE("the table does as a plain list would")
{
    struct entry {
        entry() = default;
        int browser = 0;
        login_table::time_point due;
        status what = status::taken; // living
        login_table::time_point until;
    };
    std::mt19937 random(7); // the same steps each time
    const auto draw = [&](int below) { return static_cast<int>(random() % static_cast<unsigned>(below)); };
    login_limits limits;
    limits.max_pending = 30;
    limits.max_per_browser = 4;
    limits.time_to_live = 1s;
    login_table table(limits, {random(), random()});
    std::map<int, entry> model;
    login_table::time_point now{};
    int next = 0;
    for (int step = 0; step < 20'000; ++step) {
        now += std::chrono::milliseconds(draw(60));
        std::size_t living = 0;
        std::map<int, std::size_t> of_browser;
        for (auto& [number, e] : model) {
            if (e.what == status::taken && e.due <= now) {
                e.what = status::expired;
                e.until = e.due + 1s;
            }
            if (e.what != status::taken && e.until <= now)
                e.what = status::unknown;
            if (e.what == status::taken) {
                ++living;
                ++of_browser[e.browser];
            }
        }
        const int browser = draw(8);
        if (draw(2) == 0) {
            const bool fits = living < 30 && of_browser[browser] < 4;
            bool added = true;
            try {
                table.add(login(next, browser), now);
            } catch (const error& e) {
                REQUIRE(e.reason() == errc::too_many_logins);
                added = false;
            }
            REQUIRE(added == fits);
            if (added) {
                model[next].browser = browser;
                model[next].due = now + 1s;
            }
            ++next;
        } else if (next > 0) {
            const int which = std::max(0, next - 1 - draw(60));
            const auto found = model.find(which);
            auto expected = found == model.end() ? status::unknown : found->second.what;
            if (expected == status::taken && found->second.browser != browser)
                expected = status::wrong_browser;
            const auto asked = login(which, browser);
            REQUIRE(table.take(asked.id, asked.browser, now).what == expected);
            if (expected == status::taken) {
                found->second.what = status::replayed;
                found->second.until = now + 1s;
                --living;
                --of_browser[browser];
            }
        }
        if (draw(4) == 0)
            table.expire(now);
        if (model.size() > 1'000)
            model.erase(model.begin(), model.lower_bound(next - 200));
    }
}
