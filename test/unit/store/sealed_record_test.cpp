#include "store/record_text.hpp"
#include "store/sealed_record.hpp"

#include <coauth/coro/as_result.hpp>

#include <doctest/doctest.h>

#include <set>
#include <string>
#include <vector>

using namespace coauth;
using store::record_place;

namespace {

std::vector<store::sealing_key> keys_of_ids(std::initializer_list<const char*> ids)
{
    std::vector<store::sealing_key> keys;
    for (const char* id : ids)
        keys.emplace_back(id, secret(std::string(32, id[0])));
    return keys;
}

const record_place some_place("file", "tokens", "x", "12345", 7);

std::string open_refusal(store::key_ring& keys, const record_place& place, std::string_view sealed)
{
    try {
        store::open(keys, place, sealed);
    } catch (const error& e) {
        CHECK(e.reason() == errc::sealed_record);
        return e.message();
    }
    return {};
}

template <class Call>
bool is_refused_as_unreadable(Call call)
{
    try {
        call();
    } catch (const error& e) {
        return e.reason() == errc::sealed_record;
    }
    return false;
}

} // namespace

TEST_CASE("sealed record: it opens where it was sealed, with the key that it names")
{
    store::key_ring keys(keys_of_ids({"new", "old"}));
    for (const std::string& text : {std::string(), std::string("token"), std::string(100'000, '\0')}) {
        const auto sealed = store::seal(keys, some_place, text);
        CHECK(sealed.find("new") == 2);
        CHECK(store::open(keys, some_place, sealed).reveal() == text);
        CHECK(store::is_sealed_by_newest(keys, sealed));
    }
    store::key_ring before(keys_of_ids({"old"}));
    const auto older = store::seal(before, some_place, "token");
    CHECK(store::open(keys, some_place, older).reveal() == "token");
    CHECK_FALSE(store::is_sealed_by_newest(keys, older));
}

TEST_CASE("sealed record: equal texts are sealed as others each time")
{
    store::key_ring keys(keys_of_ids({"k"}));
    std::set<std::string> all;
    for (int i = 0; i < 100; ++i)
        all.insert(store::seal(keys, some_place, "token"));
    CHECK(all.size() == 100);
}

TEST_CASE("sealed record: with any bit flipped, or cut short anywhere, it is refused")
{
    store::key_ring keys(keys_of_ids({"k"}));
    const auto sealed = store::seal(keys, some_place, "the secret of a token");
    for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
        auto flipped = sealed;
        flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
        CHECK_FALSE(open_refusal(keys, some_place, flipped).empty());
    }
    for (std::size_t size = 0; size < sealed.size(); ++size)
        CHECK_FALSE(open_refusal(keys, some_place, sealed.substr(0, size)).empty());
    CHECK_FALSE(open_refusal(keys, some_place, sealed + '\0').empty());
}

TEST_CASE("sealed record: it opens in no other store, table, provider, key or version")
{
    store::key_ring keys(keys_of_ids({"k"}));
    const auto sealed = store::seal(keys, some_place, "token");
    for (const auto& other :
        {record_place("file 2", "tokens", "x", "12345", 7), record_place("file", "visitors", "x", "12345", 7),
            record_place("file", "tokens", "github", "12345", 7), record_place("file", "tokens", "x", "12346", 7),
            record_place("file", "tokens", "x", "12345", 8), record_place("file", "token", "sx", "12345", 7),
            record_place("file", "tokens", "x1", "2345", 7), record_place("file", "tokens", "", "x12345", 7)})
        CHECK(open_refusal(keys, other, sealed).find("altered") != std::string::npos);
}

TEST_CASE("sealed record: ten thousand wrong keys are ten thousand refusals")
{
    store::key_ring right(keys_of_ids({"k"}));
    const auto sealed = store::seal(right, some_place, "token");
    for (int i = 0; i < 10'000; ++i) {
        std::vector<store::sealing_key> wrong;
        std::string octets(32, 'k');
        octets[static_cast<std::size_t>(i) % 32] =
            static_cast<char>(octets[static_cast<std::size_t>(i) % 32] ^ (1 + i % 255));
        wrong.emplace_back("k", secret(std::move(octets)));
        store::key_ring keys(std::move(wrong));
        CHECK_FALSE(open_refusal(keys, some_place, sealed).empty());
    }
}

TEST_CASE("sealed record: a refusal names the table, the provider and the key's id, and never a user")
{
    store::key_ring keys(keys_of_ids({"k"}));
    store::key_ring other(keys_of_ids({"other"}));
    const auto unknown = open_refusal(other, some_place, store::seal(keys, some_place, "token"));
    CHECK(
        unknown ==
        "a record of the table tokens, provider x, can't be used: it was sealed with the key k, which is not at hand");
    auto newer = store::seal(keys, some_place, "token");
    newer[0] = 2;
    CHECK(open_refusal(keys, some_place, newer).find("newer") != std::string::npos);
    auto strange = store::seal(keys, some_place, "token");
    strange[2] = '\x1b';
    CHECK(open_refusal(keys, some_place, strange).find("(altered)") != std::string::npos);
    CHECK(open_refusal(keys, some_place, "token in plain text").find("12345") == std::string::npos);
}

TEST_CASE("record text: what is kept comes back, whatever its octets")
{
    using std::chrono::seconds;
    using std::chrono::sys_seconds;
    const std::string odd("a\0\x01\xff\n\"", 6);
    for (const auto& held :
        {credential(secret(odd)), credential(secret(""), sys_seconds(seconds(-5)), std::nullopt, true),
            credential(secret("t"), std::nullopt, sys_seconds(seconds(253'402'300'799)), false)}) {
        const auto read = store::read_credential(some_place, store::record_text(held).reveal());
        CHECK(read.text().matches(held.text().reveal()));
        CHECK(read.issued_at() == held.issued_at());
        CHECK(read.expires_at() == held.expires_at());
        CHECK(read.renewable() == held.renewable());
    }

    const store::pending_login login(
        store::id_of_login("x", "key"), secret(odd), store::digest_of_browser("browser"), "/back" + odd);
    const auto same = store::read_pending_login(some_place, login.id, store::record_text(login).reveal());
    CHECK(same.id == login.id);
    CHECK(same.proof.matches(odd));
    CHECK(same.browser.matches(login.browser));
    CHECK(same.return_to == login.return_to);

    const signed_in_user user("github", "1", "", "N\xc3\xa9");
    const auto signed_in = store::read_signed_in_user(some_place, store::record_text(user).reveal());
    CHECK(signed_in.key() == user.key());
    CHECK(signed_in.username.empty());
    CHECK(signed_in.name == user.name);
}

TEST_CASE("record text: each end of a login comes back")
{
    for (const auto status : {login_status::granted, login_status::denied, login_status::expired, login_status::unknown,
             login_status::replayed, login_status::wrong_browser}) {
        login_outcome outcome(status);
        outcome.return_to = "/back";
        outcome.user = signed_in_user("x", "1", "jack", "Jack");
        const auto read = store::read_ended_login(some_place, store::record_text(store::ended_login(outcome)).reveal());
        REQUIRE(read.outcome);
        CHECK_FALSE(read.failed);
        CHECK(read.outcome->status == status);
        CHECK(read.outcome->return_to == "/back");
        CHECK(read.outcome->user.key() == outcome.user.key());
        CHECK(read.outcome->user.username == "jack");
        CHECK(read.outcome->user.name == "Jack");
    }
    for (const auto code : {errc::invalid_argument, errc::timeout, errc::token_revoked, errc::sealed_record}) {
        const auto read = store::read_ended_login(some_place, store::record_text(store::ended_login(code)).reveal());
        REQUIRE(read.failed);
        CHECK(*read.failed == code);
        CHECK_FALSE(read.outcome);
    }
}

TEST_CASE("record text: one of another form, cut short or too long is refused")
{
    const auto refused_by = [](std::string_view whole, auto read) {
        const auto refused = [&](const std::string& text) { return is_refused_as_unreadable([&] { read(text); }); };
        for (std::size_t size = 0; size < whole.size(); ++size)
            CHECK(refused(std::string(whole.substr(0, size))));
        CHECK(refused(std::string(whole) + '\0'));
        auto newer = std::string(whole);
        newer[0] = 2;
        CHECK(refused(newer));
        auto long_field = std::string(whole);
        long_field[1] = '\xff';
        CHECK(refused(long_field));
    };
    const auto id = store::id_of_login("x", "key");
    const store::pending_login login(id, secret("proof"), store::digest_of_browser("browser"), "/back");
    refused_by(store::record_text(credential(secret("token"))).reveal(),
        [](std::string_view text) { store::read_credential(some_place, text); });
    refused_by(store::record_text(login).reveal(),
        [&](std::string_view text) { store::read_pending_login(some_place, id, text); });
    refused_by(store::record_text(store::ended_login(errc::timeout)).reveal(),
        [](std::string_view text) { store::read_ended_login(some_place, text); });
    refused_by(store::record_text(signed_in_user("x", "1")).reveal(),
        [](std::string_view text) { store::read_signed_in_user(some_place, text); });
}
