// [batch
#include <coauth/coro/run.hpp>
#include <coauth/identity/profile_json.hpp>
#include <coauth/session/session.hpp>
#include <coauth/twitter/from_environment.hpp>
#include <boost/asio/this_coro.hpp>
#include <iostream>

boost::asio::awaitable<void> enrich() {
    auto executor = co_await boost::asio::this_coro::executor;
    coauth::session session(executor, coauth::twitter::provider(coauth::twitter::client_from_environment(executor)));
    co_await session.add_user("me", coauth::twitter::credential_from_environment());
    std::vector<coauth::user_ref> names;
    for (std::string name; std::getline(std::cin, name);)
        names.emplace_back(name);
    auto all = co_await session.profiles("me", names);
    for (const auto& each : all.outcomes)
        std::cout << (each.profile ? to_json(*each.profile) : "null") << '\n';
}

int main() { return coauth::run(enrich()); }
// ]
