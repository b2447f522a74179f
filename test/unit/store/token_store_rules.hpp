// The rules of every store of credentials, whatever its database: one function a rule.
#pragma once

#include "unit/store/store_bench.hpp"

#include <coauth/store/token_store.hpp>

#include <functional>
#include <memory>
#include <string>

namespace coauth::testing {

/// Makes an empty store on the bench's context.
using token_store_factory = std::function<std::shared_ptr<store::token_store>(store_bench& bench)>;

inline credential some_credential(const std::string& text)
{
    using std::chrono::seconds;
    using std::chrono::sys_seconds;
    return credential(secret("secret of " + text), sys_seconds(seconds(1'000)), sys_seconds(seconds(4'600)), true);
}

inline user_key some_user(const std::string& id, const std::string& provider = "x")
{
    return user_key(provider, id);
}

inline void a_token_comes_back_whole(const token_store_factory& make)
{
    store_bench bench;
    const auto tokens = make(bench);
    CHECK_FALSE(bench.run(tokens->find(some_user("1"))).value().has_value());
    const auto version = bench.run(tokens->put(some_user("1"), some_credential("a"))).value();
    const auto found = bench.run(tokens->find(some_user("1"))).value();
    REQUIRE(found);
    CHECK(found->version == version);
    CHECK(found->held.text().reveal() == "secret of a");
    CHECK(found->held.issued_at() == some_credential("a").issued_at());
    CHECK(found->held.expires_at() == some_credential("a").expires_at());
    CHECK(found->held.renewable());
    CHECK_FALSE(bench.run(tokens->find(some_user("2"))).value().has_value());

    REQUIRE(bench.run(tokens->put(some_user("2"), credential(secret("plain")))));
    const auto plain = bench.run(tokens->find(some_user("2"))).value();
    REQUIRE(plain);
    CHECK_FALSE(plain->held.issued_at());
    CHECK_FALSE(plain->held.expires_at());
    CHECK_FALSE(plain->held.renewable());
}

inline void users_of_two_providers_are_two(const token_store_factory& make)
{
    store_bench bench;
    const auto tokens = make(bench);
    const auto version = bench.run(tokens->put(some_user("1", "x"), some_credential("a"))).value();
    CHECK_FALSE(bench.run(tokens->find(some_user("1", "github"))).value().has_value());
    CHECK_FALSE(bench.run(tokens->remove(some_user("1", "github"), std::nullopt)).value());
    CHECK_FALSE(bench.run(tokens->lease(some_user("1", "github"), version, std::chrono::seconds(30))).value());
    CHECK(bench.run(tokens->find(some_user("1", "x"))).value().has_value());
}

inline void a_version_never_comes_again(const token_store_factory& make)
{
    store_bench bench;
    const auto tokens = make(bench);
    const auto first = bench.run(tokens->put(some_user("1"), some_credential("a"))).value();
    const auto second = bench.run(tokens->put(some_user("1"), some_credential("a"))).value();
    CHECK(first != second);
    CHECK(bench.run(tokens->remove(some_user("1"), std::nullopt)).value());
    const auto third = bench.run(tokens->put(some_user("1"), some_credential("a"))).value();
    CHECK(third != first);
    CHECK(third != second);
}

inline void an_old_version_removes_no_newer_token(const token_store_factory& make)
{
    store_bench bench;
    const auto tokens = make(bench);
    const auto first = bench.run(tokens->put(some_user("1"), some_credential("a"))).value();
    const auto second = bench.run(tokens->put(some_user("1"), some_credential("b"))).value();
    CHECK_FALSE(bench.run(tokens->remove(some_user("1"), first)).value());
    CHECK(bench.run(tokens->find(some_user("1"))).value()->held.text().reveal() == "secret of b");
    CHECK_FALSE(bench.run(tokens->remove(some_user("2"), second)).value());
    CHECK(bench.run(tokens->remove(some_user("1"), second)).value());
    CHECK_FALSE(bench.run(tokens->find(some_user("1"))).value().has_value());
    CHECK_FALSE(bench.run(tokens->remove(some_user("1"), std::nullopt)).value());
}

inline void a_credential_is_replaced_by_its_version(const token_store_factory& make)
{
    store_bench bench;
    const auto tokens = make(bench);
    CHECK_FALSE(bench.run(tokens->replace_if(some_user("1"), 1, some_credential("a"))).value());
    const auto first = bench.run(tokens->put(some_user("1"), some_credential("a"))).value();
    const auto second = bench.run(tokens->replace_if(some_user("1"), first, some_credential("b"))).value();
    REQUIRE(second);
    CHECK(*second != first);
    CHECK_FALSE(bench.run(tokens->replace_if(some_user("1"), first, some_credential("c"))).value());
    const auto found = bench.run(tokens->find(some_user("1"))).value();
    REQUIRE(found);
    CHECK(found->version == *second);
    CHECK(found->held.text().reveal() == "secret of b");
}

inline void one_of_many_holds_the_lease(const token_store_factory& make)
{
    using namespace std::chrono_literals;
    store_bench bench;
    const auto tokens = make(bench);
    CHECK_FALSE(bench.run(tokens->lease(some_user("1"), 1, 30s)).value());
    const auto first = bench.run(tokens->put(some_user("1"), some_credential("a"))).value();
    CHECK(bench.run(tokens->lease(some_user("1"), first, 30s)).value());
    CHECK_FALSE(bench.run(tokens->lease(some_user("1"), first, 30s)).value());
    bench.clock->advance(30s - 1ms);
    CHECK_FALSE(bench.run(tokens->lease(some_user("1"), first, 30s)).value());
    bench.clock->advance(1ms); // whoever held it has ended without a new credential
    CHECK(bench.run(tokens->lease(some_user("1"), first, 30s)).value());
    const auto second = bench.run(tokens->replace_if(some_user("1"), first, some_credential("b"))).value();
    REQUIRE(second);
    CHECK_FALSE(bench.run(tokens->lease(some_user("1"), first, 30s)).value());
    CHECK(bench.run(tokens->lease(some_user("1"), *second, 30s)).value());
}

} // namespace coauth::testing
