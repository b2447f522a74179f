#include "sign_in/callback_wait.hpp"

#include "program/browser.hpp"
#include "program/pin.hpp"

#include <coauth/coro/as_result.hpp>
#include <coauth/coro/cancel_after.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>

#include <iostream>
#include <utility>

namespace sign_in {

namespace asio = boost::asio;

namespace {

bool is_accepted(callback_wait& wait, const callback_check& check, std::string_view query)
{
    std::string rejection = check(query);
    if (rejection.empty())
        return true;
    ++wait.rejected;
    wait.last_rejection = std::move(rejection);
    std::cerr << "a callback was rejected: " << wait.last_rejection << '\n';
    return false;
}

coauth::error no_callback(const callback_wait& wait, double timeout)
{
    if (wait.rejected == 0)
        return program::not_finished("no callback arrived", timeout)
            .with_hint("give users longer with --timeout, or check that the callback reaches this machine");
    const std::string count = wait.rejected == 1 ? "1 callback was" : std::to_string(wait.rejected) + " callbacks were";
    coauth::error e = program::not_finished("no valid callback arrived", timeout);
    return coauth::error(e.reason(), e.message() + "; " + count + " rejected, the last because " + wait.last_rejection)
        .with_hint("open the address that this run printed, once, and let the browser come back from there");
}

} // namespace

asio::awaitable<std::string> wait_for_callback(std::shared_ptr<callback_wait> wait, const flags& given,
    std::shared_ptr<coauth::http::transport> transport, std::string url, callback_check check)
{
    if (given.plays_browser()) {
        auto executor = co_await asio::this_coro::executor;
        asio::co_spawn(executor, program::play_browser(std::move(transport), std::move(url)),
            [wait](std::exception_ptr failure, const std::string&) {
                if (!failure)
                    return;
                // No callback will come; without its listener the wait ends.
                std::cerr << "the sandbox's page could not be opened\n";
                wait->browser_failure = failure;
                wait->listener.reset();
            });
    }
    const auto is_ours = [&wait = *wait, &check](std::string_view query) { return is_accepted(wait, check, query); };
    auto query = co_await coauth::as_result(coauth::cancel_after(given.user_timeout(), wait->listener->wait(is_ours)));
    if (!query && wait->browser_failure)
        std::rethrow_exception(wait->browser_failure);
    if (!query && query.error().reason() == coauth::errc::timeout)
        throw no_callback(*wait, given.timeout);
    co_return query.value();
}

} // namespace sign_in
