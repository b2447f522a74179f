#include "enrich_profiles/asking.hpp"

#include <coauth/coro/as_result.hpp>

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <exception>
#include <utility>
#include <vector>

namespace enrich {

namespace asio = boost::asio;

namespace {

coauth::error internal_error(const std::exception& e)
{
    return coauth::error(coauth::errc::provider_error, std::string("internal error: ") + e.what());
}

// What no error describes, such as a lack of memory, is one too: the job counts on a response to every question.
asio::awaitable<coauth::result<coauth::twitter::lookups>> look_up(
    const asking& run, std::vector<coauth::twitter::user_ref> users)
{
    try {
        coauth::result<coauth::twitter::lookups> response =
            co_await coauth::as_result(run.session.profiles(run.user_id, std::move(users)));
        co_return response;
    } catch (const std::exception& e) {
        co_return coauth::result<coauth::twitter::lookups>(internal_error(e));
    }
}

// Asks for one batch. Any number of these run at once.
asio::awaitable<void> ask(const asking& run, std::vector<question> batch)
{
    std::vector<coauth::twitter::user_ref> users;
    for (const question& q : batch)
        users.push_back(q.who);
    const auto response = co_await look_up(run, std::move(users));
    run.job.answered(batch, response);
}

asio::awaitable<bool> ask_until_stopped(const asking& run)
{
    auto executor = co_await asio::this_coro::executor;
    const auto ended = [&run](std::exception_ptr failure) {
        try {
            if (failure)
                std::rethrow_exception(failure);
        } catch (const coauth::error& e) {
            run.job.stop(e); // OUT can't be written
        } catch (const std::exception& e) {
            run.job.stop(internal_error(e));
        }
        if (run.job.stopped())
            run.source.interrupt();
    };
    for (;;) {
        const bool more = co_await run.source.more();
        auto batch = run.job.next(run.source, run.session.stats().lookups.cost_micros);
        if (!batch.empty())
            asio::co_spawn(executor, ask(run, std::move(batch)), ended);
        else if (run.job.stopped())
            co_return false;
        else if (more && !run.source.has())
            continue; // none of those read was a name or an id
        else if (!run.job.idle())
            co_await run.job.change();
        else if (!run.job.settle())
            co_return !more;
    }
}

} // namespace

asio::awaitable<bool> ask_for_all(const asking& run)
{
    const coauth::result<bool> all_asked = co_await coauth::as_result(ask_until_stopped(run));
    if (!all_asked)
        run.job.stop(all_asked.error());
    if (!run.job.stopped())
        co_return *all_asked;
    // After a signal or an error no more is asked; what is on the wire ends, and what it found is written.
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    run.waits.end(std::chrono::steady_clock::now());
    co_await run.session.close();
    while (!run.job.idle())
        co_await run.job.change();
    co_return false;
}

} // namespace enrich
