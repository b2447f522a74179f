// Turns a file of names or ids into a file of profiles, as fast as the provider's rate limits allow;
// can be stopped at any moment, and goes on where it stopped.
//
// The session does what is hard: it gathers a hundred names into a request, asks equal ones once, waits
// for rate limits without a call too early, and counts what it costs. This program reads, asks, and
// writes one line for each input.

#include "enrich_profiles/flags.hpp"
#include "enrich_profiles/progress_display.hpp"
#include "enrich_profiles/resume.hpp"
#include "program/main_loop.hpp"
#include "program/provider_flags.hpp"

#include <coauth/coro/as_result.hpp>
#include <coauth/session/session.hpp>

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/co_spawn.hpp>

#include <algorithm>
#include <iostream>

namespace asio = boost::asio;
using std::chrono::steady_clock;

namespace {

coauth::oauth1::access_token access_token(program::provider_setup& setup)
{
    if (setup.sandbox())
        return setup.sandbox()->issue_access_token("user_1");
    auto token = program::token_from_environment();
    if (!token)
        throw coauth::error(coauth::errc::invalid_argument, "there is no access token")
            .with_hint("sign in with the example sign_in, and set COAUTH_TOKEN and COAUTH_TOKEN_SECRET");
    return std::move(*token);
}

// X's tokens begin with the id of their person; what matters is that the session knows whose it is.
std::string user_id(const coauth::oauth1::access_token& token)
{
    const std::string id = token.token().substr(0, token.token().find('-'));
    return coauth::twitter::user_ref::id(id).valid() ? id : "me";
}

// What everything below works with.
struct run {
    run(coauth::session& session, std::string user_id, enrich::input_source& in, enrich::job& job)
        : session(session), user_id(std::move(user_id)), in(in), job(job)
    {}

    coauth::session& session;
    std::string user_id;
    enrich::input_source& in;
    enrich::job& job;
};

// Asks for one batch. Any number of these run at once.
asio::awaitable<void> ask(const run& r, std::vector<enrich::question> batch)
{
    std::vector<coauth::twitter::user_ref> who;
    for (const auto& question : batch)
        who.push_back(question.who);
    const auto answers = co_await coauth::as_result(r.session.profiles(r.user_id, std::move(who)));
    r.job.answered(batch, answers);
}

// Reads and asks until all is answered, the job is stopped, or there is no money left. Returns whether
// all is answered.
asio::awaitable<bool> ask_for_all(const run& r)
{
    auto executor = co_await asio::this_coro::executor;
    const auto ended = [&r](std::exception_ptr problem) {
        try {
            if (problem)
                std::rethrow_exception(problem);
        } catch (const boost::system::system_error&) {
            r.job.stop(coauth::error_from_current_exception());
        }
        if (r.job.stopped())
            r.in.interrupt();
    };
    for (;;) {
        const bool more = co_await r.in.more();
        auto batch = r.job.next(r.in, r.session.stats().lookups.cost_micros);
        if (!batch.empty())
            asio::co_spawn(executor, ask(r, std::move(batch)), ended);
        else if (r.job.stopped())
            co_return false;
        else if (more && !r.in.has())
            continue; // none of those read was a name or an id
        else if (r.job.idle())
            co_return !more;
        else
            co_await r.job.change();
    }
}

// Tells what a run has done and what stopped it.
int report(const run& r, const enrich::flags& flags, bool all_asked)
{
    const auto used = r.session.stats().lookups;
    enrich::usage usage;
    usage.requests = used.requests;
    usage.waited = used.waited;
    usage.cost = used.cost_micros;
    std::cout << enrich::summary(r.job.written(), usage) << std::endl;
    if (r.job.stopped())
        throw *r.job.stopped();
    if (!all_asked) {
        std::cerr << "stopped by --max-cost " << flags.max_cost << ": " << enrich::amount_text(usage.cost)
                  << " is spent, and the next name might cost " << flags.price
                  << ". Run again with the same OUT to go on.\n";
        return program::failed;
    }
    const auto failed = r.job.written().of(enrich::outcome::failed);
    if (failed != 0)
        std::cerr << failed << " inputs failed, each for the reason in its line. To ask for them again, make an IN of "
                  << "these and name another OUT.\n";
    return failed != 0 ? program::failed : program::done;
}

asio::awaitable<int> enrich_profiles(program::provider_setup& setup, const enrich::flags& flags)
{
    auto executor = co_await asio::this_coro::executor;
    enrich::input_source in(executor, flags.in, flags.column);
    co_await in.more(); // the header at least, before OUT is touched
    enrich::output_file out(flags.out);
    if (out.same_file_as(in.descriptor())) {
        std::cerr << "IN and OUT are the same file\n";
        co_return program::wrong_usage;
    }
    const std::uint64_t width = flags.unordered ? enrich::widest_window : 1;
    const enrich::tally before = co_await enrich::resume(out, in, width);
    if (before.all() != 0)
        std::cerr << flags.out << " has " << before.all() << " lines already; going on after them\n";

    auto options = flags.session();
    steady_clock::time_point reset; // of the rate limit that is waited for
    options.on_event = [&reset](const coauth::session_event& event) {
        if (event.what == coauth::session_event::kind::wait)
            reset = steady_clock::now() + event.wait;
    };
    coauth::session session(executor, setup.client(), options);
    auto token = access_token(setup);
    const std::string user = user_id(token);
    co_await session.add_user(user, std::move(token));

    enrich::job job(executor, flags.job(), out, before);
    const run r(session, user, in, job);
    const enrich::progress_meter meter(steady_clock::now(), before.all(), in.position(), in.size());
    enrich::progress_display display(executor, [&] {
        const std::uint64_t position = std::max(job.position(), job.idle() ? in.position() : 0);
        return meter.look(steady_clock::now(), job.written().all(), position, reset);
    });

    auto answered = co_await coauth::as_result(ask_for_all(r));
    if (!answered)
        job.stop(answered.error());
    // After a signal or an error no more is asked; what is on the wire ends, and is written.
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    if (job.stopped())
        co_await session.close();
    while (!job.idle())
        co_await job.change();
    display.stop();
    if (out.broken())
        throw *job.stopped();
    out.close();
    co_return report(r, flags, answered.has_value() && *answered);
}

// A header without the column is found when IN is read, and is wrong usage all the same.
asio::awaitable<int> with_usage(asio::awaitable<int> work)
{
    try {
        co_return co_await std::move(work);
    } catch (const enrich::no_such_column& e) {
        std::cerr << e.what() << '\n';
        co_return program::wrong_usage;
    }
}

int run_program(enrich::flags& flags, int argc, char** argv)
{
    if (const auto exit_code = enrich::read_flags(flags, argc, argv))
        return *exit_code;

    asio::io_context io;
    program::provider_setup setup(io, flags.provider);
    return program::run(io, flags.provider.json, with_usage(enrich_profiles(setup, flags)));
}

} // namespace

int main(int argc, char** argv)
{
    enrich::flags flags;
    return program::guard(flags.provider.json, [&] { return run_program(flags, argc, argv); });
}
