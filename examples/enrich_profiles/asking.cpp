#include "enrich_profiles/asking.hpp"

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <exception>
#include <utility>
#include <vector>

namespace enrich {

namespace asio = boost::asio;

namespace {

// Of the exception that is handled.
coauth::error current_error(const asking& run) noexcept
{
    try {
        return program::current_error();
    } catch (...) {
        return run.no_memory;
    }
}

// Asks for one batch. Any number of these run at once. The job counts on a response to every question, so any
// failure is one. The run may end as soon as the job has its response: nothing of it is used in a later turn of the
// loop.
asio::awaitable<void> ask(const asking& run, std::vector<question> batch)
{
    coauth::result<coauth::lookups> response(run.no_memory);
    try {
        std::vector<coauth::user_ref> users;
        users.reserve(batch.size());
        for (const question& q : batch)
            users.push_back(q.user);
        coauth::lookups outcomes = co_await run.session.profiles(run.user_id, std::move(users));
        response = std::move(outcomes);
    } catch (...) {
        response = current_error(run);
    }
    try {
        run.job.record(batch, response);
    } catch (...) {
        run.job.stop(current_error(run)); // OUT can't be written
    }
    if (run.job.stopped())
        run.source.interrupt();
}

// Without memory for its coroutine a batch is not asked.
asio::awaitable<void> make_ask(const asking& run, std::vector<question> batch)
{
    const std::size_t questions = batch.size();
    try {
        return ask(run, std::move(batch));
    } catch (...) {
        run.job.not_asked(questions);
        throw;
    }
}

asio::awaitable<bool> ask_until_stopped(const asking& run)
{
    auto executor = co_await asio::this_coro::executor;
    for (;;) {
        const bool has_more = co_await run.source.read_more();
        auto batch = run.job.next(run.source, run.session.stats().lookups.cost_micros);
        if (!batch.empty())
            asio::co_spawn(executor, make_ask(run, std::move(batch)), asio::detached);
        else if (run.job.stopped())
            co_return false;
        else if (has_more && !run.source.has())
            continue; // none of those read was a name or an id
        else if (!run.job.idle())
            co_await run.job.change();
        else if (!run.job.settle())
            co_return !has_more;
    }
}

// Returns when what is on the wire has ended.
asio::awaitable<void> drain(const asking& run)
{
    while (!run.job.idle())
        co_await run.job.change();
}

} // namespace

asio::awaitable<bool> ask_for_all(const asking& run)
{
    bool all_asked = false;
    try {
        all_asked = co_await ask_until_stopped(run);
        if (run.job.leaves_others())
            co_await drain(run);
    } catch (...) {
        run.job.stop(current_error(run));
    }
    // A cancellation may come with the last response.
    const asio::cancellation_state cancellation = co_await asio::this_coro::cancellation_state;
    if (cancellation.cancelled() != asio::cancellation_type::none)
        run.job.stop(coauth::error(coauth::errc::cancelled));
    if (!run.job.stopped())
        co_return all_asked;
    if (run.job.leaves_others())
        co_return false;
    // After a signal or an error no more is asked; what is on the wire ends, and what it found is written.
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    run.waits.end(std::chrono::steady_clock::now());
    co_await run.session.close();
    co_await drain(run);
    co_return false;
}

} // namespace enrich
