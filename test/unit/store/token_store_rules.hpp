// What every store of access tokens must do, by whichever database: one function a rule.
#pragma once

#include "unit/store/store_bench.hpp"

#include <coauth/store/token_store.hpp>

#include <functional>
#include <memory>
#include <string>

namespace coauth::testing {

/// Makes an empty store on the bench's context.
using token_store_factory = std::function<std::shared_ptr<store::token_store>(store_bench& bench)>;

inline oauth1::access_token some_token(const std::string& token)
{
    oauth1::parameters extra;
    extra.emplace_back("screen_name", "who");
    return oauth1::access_token(token, secret("secret of " + token), std::move(extra));
}

inline void a_token_comes_back_whole(const token_store_factory& make)
{
    store_bench bench;
    const auto tokens = make(bench);
    CHECK_FALSE(bench.run(tokens->find("1")).value().has_value());
    const auto version = bench.run(tokens->put("1", some_token("a"))).value();
    const auto found = bench.run(tokens->find("1")).value();
    REQUIRE(found);
    CHECK(found->version == version);
    CHECK(found->token.token() == "a");
    CHECK(found->token.secret().reveal() == "secret of a");
    CHECK(found->token.extra("screen_name") == "who");
    CHECK_FALSE(bench.run(tokens->find("2")).value().has_value());
}

inline void a_version_never_comes_again(const token_store_factory& make)
{
    store_bench bench;
    const auto tokens = make(bench);
    const auto first = bench.run(tokens->put("1", some_token("a"))).value();
    const auto second = bench.run(tokens->put("1", some_token("a"))).value();
    CHECK(first != second);
    CHECK(bench.run(tokens->remove("1", std::nullopt)).value());
    const auto third = bench.run(tokens->put("1", some_token("a"))).value();
    CHECK(third != first);
    CHECK(third != second);
}

inline void an_old_version_removes_no_newer_token(const token_store_factory& make)
{
    store_bench bench;
    const auto tokens = make(bench);
    const auto first = bench.run(tokens->put("1", some_token("a"))).value();
    const auto second = bench.run(tokens->put("1", some_token("b"))).value();
    CHECK_FALSE(bench.run(tokens->remove("1", first)).value());
    CHECK(bench.run(tokens->find("1")).value()->token.token() == "b");
    CHECK_FALSE(bench.run(tokens->remove("2", second)).value());
    CHECK(bench.run(tokens->remove("1", second)).value());
    CHECK_FALSE(bench.run(tokens->find("1")).value().has_value());
    CHECK_FALSE(bench.run(tokens->remove("1", std::nullopt)).value());
}

} // namespace coauth::testing
