// A store in an SQLite file, and what a test puts into it.
#pragma once

#include "integration/store/sqlite_place.hpp"
#include "unit/store/login_store_rules.hpp"
#include "unit/store/token_store_rules.hpp"
#include "unit/store/visitor_store_rules.hpp"

#include <coauth/store/sqlite_store.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <utility>

namespace coauth::testing {

class sqlite_fixture {
public:
    explicit sqlite_fixture(std::chrono::milliseconds deadline = std::chrono::seconds(5))
    {
        options.clock = bench.clock;
        options.deadline = deadline;
        reopen();
    }

    void reopen()
    {
        database = nullptr;
        database = place.open(options);
    }

    /// What opening it by another object fails with, if it does.
    result<void> open_again(const std::shared_ptr<store::key_ring>& keys) const
    {
        try {
            store::sqlite_store(place.path(), keys, options);
        } catch (const error& refused) {
            return refused;
        }
        return {};
    }
    result<void> open_again() const { return open_again(place.keys); }

    result<std::uint64_t> put(const std::string& id, const std::string& text = "a", const std::string& provider = "x")
    {
        return bench.run(database->tokens()->put(some_user(id, provider), some_credential(text)));
    }
    result<std::optional<store::stored_credential>> find(const std::string& id, const std::string& provider = "x")
    {
        return bench.run(database->tokens()->find(some_user(id, provider)));
    }
    result<void> add_login(const std::string& key, const std::string& browser = "browser")
    {
        return bench.run(database->logins()->add(login_store_rules::login(key, browser)));
    }
    result<store::taken_login> take(const std::string& key, const std::string& browser = "browser")
    {
        return bench.run(database->logins()->take(store::id_of_login("x", key), store::digest_of_browser(browser)));
    }
    result<std::optional<user_key>> sign_in(int browser, const std::string& id)
    {
        return bench.run(database->visitors()->add(browser_number(browser), visitor_of(id), store::browser_digest()));
    }
    result<std::optional<signed_in_user>> visitor(int browser)
    {
        return bench.run(database->visitors()->find(browser_number(browser)));
    }

    store_bench bench;
    sqlite_place place;
    store::database_options options;
    std::shared_ptr<store::database> database;
};

template <class T>
bool fails_with(const result<T>& done, errc code)
{
    return !done && done.error().reason() == code;
}

} // namespace coauth::testing
