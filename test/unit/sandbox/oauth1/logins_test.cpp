#include "sandbox/oauth1/logins.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <set>

using namespace coauth::sandbox;
using std::chrono::seconds;
using std::chrono::sys_seconds;

namespace {

const sys_seconds start(seconds(1'800'000'000));

// Counts up: every draw is another one.
random_source counting(unsigned char first = 0)
{
    return [next = first](unsigned char* bytes, std::size_t size) mutable {
        for (std::size_t i = 0; i < size; ++i)
            bytes[i] = next++;
        next = static_cast<unsigned char>(next + 7);
    };
}

} // namespace

TEST_CASE("sandbox logins: a login goes from issued to authorized to exchanged, once")
{
    logins all(seconds(900));
    const auto random = counting();
    const auto token = all.issue("app", "https://a.example/cb", true, random, start).token;
    CHECK(token.size() == 27);
    CHECK(all.secret_of("app", token)->size() == 32);
    CHECK_FALSE(all.secret_of("other", token));
    CHECK(all.exchange("app", token, "anything", start) == exchange_outcome::not_authorized);

    REQUIRE(all.authorize(token, 42, random, start));
    CHECK_FALSE(all.authorize(token, 43, random, start));
    CHECK_FALSE(all.deny(token, start));
    const auto verifier = all.find(token, start)->verifier;
    CHECK(verifier.size() == 32);
    CHECK(all.find(token, start)->user == 42);

    CHECK(all.exchange("other", token, verifier, start) == exchange_outcome::unknown);
    CHECK(all.exchange("app", "no-such-token", verifier, start) == exchange_outcome::unknown);
    CHECK(all.exchange("app", token, verifier + "x", start) == exchange_outcome::wrong_verifier);
    CHECK(all.exchange("app", token, verifier, start) == exchange_outcome::granted);
    CHECK(all.exchange("app", token, verifier, start) == exchange_outcome::used);
    CHECK_FALSE(all.authorize(token, 42, random, start));
}

TEST_CASE("sandbox logins: denied is the end")
{
    logins all(seconds(900));
    const auto random = counting();
    const auto token = all.issue("app", "oob", true, random, start).token;
    REQUIRE(all.deny(token, start));
    CHECK_FALSE(all.deny(token, start));
    CHECK_FALSE(all.authorize(token, 1, random, start));
    CHECK(all.exchange("app", token, "1234567", start) == exchange_outcome::denied);
}

TEST_CASE("sandbox logins: a login in any state is kept for its time to live")
{
    logins all(seconds(900));
    const auto random = counting();
    const auto a = all.issue("app", "oob", true, random, start).token;
    const auto b = all.issue("app", "oob", true, random, start).token;
    REQUIRE(all.authorize(a, 1, random, start));
    const auto pin = all.find(a, start)->verifier;
    CHECK(all.find(b, start + seconds(899))->state == login_state::issued);
    CHECK(all.find(b, start + seconds(900))->state == login_state::expired);
    CHECK_FALSE(all.authorize(b, 1, random, start + seconds(901)));
    CHECK(all.exchange("app", a, pin, start + seconds(900)) == exchange_outcome::expired);
    // A clock that goes back does not make it valid again.
    CHECK(all.exchange("app", a, pin, start) == exchange_outcome::expired);
}

TEST_CASE("sandbox logins: five wrong verifiers end a login")
{
    logins all(seconds(900));
    const auto random = counting();
    const auto token = all.issue("app", "oob", true, random, start).token;
    all.authorize(token, 1, random, start);
    const auto pin = all.find(token, start)->verifier;
    for (int i = 0; i < 5; ++i)
        CHECK(all.exchange("app", token, "x", start) == exchange_outcome::wrong_verifier);
    CHECK(all.exchange("app", token, pin, start) == exchange_outcome::expired);
}

TEST_CASE("sandbox logins: a PIN has seven digits, and zeros may come first")
{
    std::set<char> first_digits;
    for (int seed = 0; seed < 256; ++seed) {
        logins all(seconds(900));
        const auto random = counting(static_cast<unsigned char>(seed));
        const auto token = all.issue("app", "oob", true, random, start).token;
        all.authorize(token, 1, random, start);
        const auto pin = all.find(token, start)->verifier;
        CHECK(pin.size() == 7);
        CHECK(std::all_of(pin.begin(), pin.end(), [](char c) { return c >= '0' && c <= '9'; }));
        first_digits.insert(pin.front());
    }
    CHECK(first_digits.contains('0'));
}

TEST_CASE("sandbox logins: ended ones are remembered for an hour and then removed")
{
    logins all(seconds(900));
    const auto random = counting();
    const auto old = all.issue("app", "oob", true, random, start).token;
    all.issue("app", "oob", true, random, start + seconds(900 + 3599));
    CHECK(all.find(old, start + seconds(900 + 3599)));
    all.issue("app", "oob", true, random, start + seconds(900 + 3600));
    CHECK_FALSE(all.find(old, start + seconds(900 + 3600)));
    CHECK(all.size() == 2);
    all.clear();
    CHECK(all.size() == 0);
}

TEST_CASE("sandbox random: letters are equally likely, and draws differ")
{
    std::map<char, int> counts;
    for (const char c : random_text(&openssl_random, 62'000))
        ++counts[c];
    CHECK(counts.size() == 62);
    for (const auto& [c, n] : counts) {
        const auto& shown_c = c;
        CAPTURE(shown_c);
        CHECK(n > 700);
        CHECK(n < 1300);
    }
    // Bytes from 248 on would favour the first letters, so they are drawn again.
    int calls = 0;
    const random_source high = [&](unsigned char* bytes, std::size_t size) {
        std::fill(bytes, bytes + size, static_cast<unsigned char>(++calls == 1 ? 248 : 1));
    };
    CHECK(random_text(high, 3) == "BBB");
    CHECK(calls == 2);
}
