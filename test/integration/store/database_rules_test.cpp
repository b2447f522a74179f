// Every rule of the stores, on every database.
#include "integration/store/databases.hpp"
#include "integration/store/shared_database_rules.hpp"
#include "unit/store/login_store_rules.hpp"
#include "unit/store/token_store_rules.hpp"
#include "unit/store/visitor_store_rules.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

using namespace coauth::testing;
namespace store = coauth::store;

namespace {

template <class Subject>
struct store_rule {
    const char* name;
    void (*check)(const Subject& subject);
};

const store_rule<login_store_factory> rules_of_logins[] = {
    {"a login comes back whole and once", a_login_comes_back_whole_and_once},
    {"another browser takes nothing", another_browser_takes_nothing},
    {"a login expires by time alone", a_login_expires_by_time_alone},
    {"a past login is remembered for one more time to live", a_spent_login_is_remembered_for_one_more_ttl},
    {"as many past logins as pending ones are remembered", as_many_spent_logins_as_living_ones_are_remembered},
    {"a full store refuses and forgets no pending login", a_full_store_refuses_and_forgets_no_living_login},
    {"a browser has a cap of its own", a_browser_has_a_cap_of_its_own},
    {"a login's key comes once", a_key_comes_once},
    {"logins of two providers with one key are two", logins_of_two_providers_are_two},
    {"an end reaches everyone who watches", an_end_reaches_who_watches},
    {"expire says how many and when next", expire_says_how_many_and_when_next},
    {"one of many takes it", one_of_many_takes_it},
};

const store_rule<token_store_factory> rules_of_tokens[] = {
    {"a token comes back whole", a_token_comes_back_whole},
    {"a version never comes again", a_version_never_comes_again},
    {"an old version removes no newer token", an_old_version_removes_no_newer_token},
    {"users of two providers with one id are two", users_of_two_providers_are_two},
    {"a credential is replaced by its version", a_credential_is_replaced_by_its_version},
    {"one of many holds the lease, for a time", one_of_many_holds_the_lease},
};

const store_rule<visitor_store_factory> rules_of_visitors[] = {
    {"one comes back whole until the time is over", a_visitor_comes_back_whole_until_the_time_is_over},
    {"only the last row of a user is the last", only_the_last_row_of_a_user_is_the_last},
    {"a sign-in ends the row before it", a_sign_in_ends_the_row_before_it},
    {"a user has so many browsers", a_user_has_so_many_browsers},
    {"all rows of a user end up to a time", all_rows_of_a_user_end_up_to_a_time},
    {"expired users come in parts", expired_users_come_in_parts},
};

const store_rule<database_under_test> rules_of_two_servers[] = {
    {"a login begun at one is taken at the other", a_login_begun_at_one_is_taken_at_the_other},
    {"caps hold over both", caps_hold_over_both},
    {"an end at one reaches the other", an_end_at_one_reaches_the_other},
    {"of a thousand callbacks one takes the login", one_of_a_thousand_takes_it},
    {"a credential is one at both", a_credential_is_one_at_both},
    {"of a thousand callers one holds the lease", one_of_a_thousand_leases},
    {"a visitor is known at both", a_visitor_is_known_at_both},
    {"all is there after a restart", all_is_there_after_a_restart},
    {"a cancelled caller costs the others nothing", a_cancelled_caller_costs_nobody_anything},
    {"a store works without its database", a_store_may_go_during_an_operation},
};

// Its place lives as long as the store.
template <class Store>
std::shared_ptr<Store> store_in_new_place(const database_under_test& database, store_bench& bench,
    store::database_options options, std::shared_ptr<Store> (store::database::*member)())
{
    options.clock = bench.clock;
    auto place = database.make();
    auto opened = place->open(options);
    auto made = (opened.get()->*member)();
    auto* const address = made.get();
    auto whole = std::make_pair(std::move(place), std::make_pair(std::move(opened), std::move(made)));
    return std::shared_ptr<Store>(std::make_shared<decltype(whole)>(std::move(whole)), address);
}

std::vector<database_under_test> all_databases()
{
    auto all = databases_under_test();
    all.insert(all.begin(), memory_under_test());
    return all;
}

template <class Rule, class Subject>
void check_rule(const database_under_test& database, const Rule& rule, const Subject& subject)
{
    const auto title = std::string(rule.name) + " (" + database.name + ")";
    SUBCASE(title.c_str())
    {
        rule.check(subject);
    }
}

} // namespace

TEST_CASE("database: logins")
{
    for (const auto& database : all_databases())
        for (const auto& rule : rules_of_logins)
            check_rule(
                database, rule, login_store_factory([&database](store_bench& bench, const store::login_limits& limits) {
                    store::database_options options;
                    options.logins = limits;
                    return store_in_new_place(database, bench, options, &store::database::logins);
                }));
}

TEST_CASE("database: tokens")
{
    for (const auto& database : all_databases())
        for (const auto& rule : rules_of_tokens)
            check_rule(database, rule, token_store_factory([&database](store_bench& bench) {
                return store_in_new_place(database, bench, store::database_options(), &store::database::tokens);
            }));
}

TEST_CASE("database: visitors")
{
    for (const auto& database : all_databases())
        for (const auto& rule : rules_of_visitors)
            check_rule(database, rule,
                visitor_store_factory([&database](store_bench& bench, const store::visitor_limits& limits) {
                    store::database_options options;
                    options.visitors = limits;
                    return store_in_new_place(database, bench, options, &store::database::visitors);
                }));
}

TEST_CASE("database: two servers")
{
    for (const auto& database : all_databases())
        for (const auto& rule : rules_of_two_servers)
            check_rule(database, rule, database);
}
