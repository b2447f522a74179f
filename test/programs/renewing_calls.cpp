// One of several processes that use one credential in one store: waits for a line on stdin, makes CALLS calls at once, and
// prints how many succeeded.
//
// usage: renewing_calls STORE KEY_FILE ISSUER USER_ID CALLS, with COAUTH_OIDC_CLIENT_ID, COAUTH_OIDC_CLIENT_SECRET and COAUTH_CA_FILE
#include "program/store_flags.hpp"

#include <coauth/coro/as_result.hpp>
#include <coauth/coro/one_shot.hpp>
#include <coauth/coro/run.hpp>
#include <coauth/http/pool_from_environment.hpp>
#include <coauth/providers/app_from_environment.hpp>
#include <coauth/providers/oidc.hpp>
#include <coauth/session/session.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/this_coro.hpp>

#include <iostream>
#include <memory>
#include <string>
#include <utility>

namespace asio = boost::asio;

namespace {

struct call_counts {
    explicit call_counts(int calls) : left(calls) {}

    int succeeded = 0;
    int left;
    coauth::one_shot all_ended;
};

asio::awaitable<void> call(coauth::session& session, std::string user, call_counts& counts)
{
    const auto me = co_await coauth::as_result(session.me(std::move(user)));
    if (me)
        ++counts.succeeded;
    else
        std::cerr << coauth::describe(me.error());
    if (--counts.left == 0)
        counts.all_ended.fire();
}

asio::awaitable<void> call_at_once(program::store_flags flags, std::string issuer, std::string user, int calls)
{
    const auto executor = co_await asio::this_coro::executor;
    const auto network = co_await coauth::http::pool_from_environment();
    const auto database = program::open_store(flags);
    coauth::session_options options;
    options.tokens = database->tokens();
    const auto provider = coauth::providers::oidc(
        network, coauth::providers::app_from_environment("oidc"), std::move(issuer), coauth::providers::oidc_options());
    coauth::session session(executor, provider, options);
    std::cout << "ready" << std::endl;
    std::string line;
    std::getline(std::cin, line);
    call_counts counts(calls);
    for (int i = 0; i < calls; ++i)
        asio::co_spawn(executor, call(session, user, counts), asio::detached);
    co_await counts.all_ended.wait();
    std::cout << counts.succeeded << std::endl;
}

} // namespace

int main(int, char** argv)
{
    program::store_flags flags;
    flags.store = argv[1];
    flags.key_file = argv[2];
    return coauth::run(call_at_once(std::move(flags), argv[3], argv[4], std::stoi(argv[5])));
}
