// Turns a file of names or ids into a file of profiles, as fast as the provider's rate limits allow;
// can be stopped at any moment, and goes on where it stopped.
//
// The session does what is hard: it gathers a hundred names into a request, asks equal ones once, waits
// for rate limits without a call too early and for the end of an outage, and counts what it costs. This
// program reads, asks, and writes one line for each input. It also decides what a failure means: one
// that is about an input is that input's line; one that every input would have stops the job, and
// nothing is written off for it.

#include "enrich_profiles/asking.hpp"
#include "enrich_profiles/failed_lines.hpp"
#include "enrich_profiles/flags.hpp"
#include "enrich_profiles/input_source.hpp"
#include "enrich_profiles/killed_run.hpp"
#include "enrich_profiles/output_file.hpp"
#include "enrich_profiles/progress_display.hpp"
#include "enrich_profiles/replacement_file.hpp"
#include "enrich_profiles/resume.hpp"
#include "program/main_loop.hpp"
#include "program/provider_flags.hpp"
#include "program/store_flags.hpp"

#include <coauth/providers/app_from_environment.hpp>
#include <coauth/session/session.hpp>
#include <coauth/twitter/from_environment.hpp>
#include <coauth/twitter/provider.hpp>
#include <coauth/twitter/user_names.hpp>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <iostream>

namespace asio = boost::asio;
using std::chrono::steady_clock;

namespace {

coauth::oauth1::access_token access_token(program::provider_setup& setup)
{
    if (setup.sandbox())
        return setup.sandbox()->issue_access_token("user_1");
    auto token = coauth::twitter::token_from_environment();
    if (!token)
        throw coauth::error(coauth::errc::invalid_argument, "the access token is missing")
            .with_hint(
                "set COAUTH_TOKEN and COAUTH_TOKEN_SECRET; or sign in with sign_in --store, and name the same --store "
                "and the --user");
    return std::move(*token);
}

// X's tokens begin with the id of their user; the session must know which user that is.
std::string user_id(const coauth::oauth1::access_token& token)
{
    const std::string id = token.token().substr(0, token.token().find('-'));
    return coauth::twitter::can_be_asked_for(coauth::user_ref::id(id)) ? id : "me";
}

// A stored credential may be one of OAuth 2, which takes the app's client ID.
std::shared_ptr<coauth::login_provider> provider_of(program::provider_setup& setup, const enrich::flags& flags)
{
    const std::uint64_t price = enrich::read_amount(flags.price).value();
    if (flags.kept.in_memory() || !std::getenv("COAUTH_X_CLIENT_ID"))
        return coauth::twitter::provider(setup.client(), price);
    coauth::twitter::provider_options options;
    options.client = program::x_options(flags.provider, setup.base());
    options.price_per_profile_micros = price;
    options.oauth2_app = coauth::providers::app_from_environment("x");
    return coauth::twitter::provider(setup.transport(), setup.app(), std::move(options));
}

// A session would forget a credential that its provider can't open.
void check_credential(const coauth::login_provider& provider, const coauth::credential& held)
{
    try {
        provider.open(held);
    } catch (const coauth::error& e) {
        throw e.with_hint("if it was stored by sign_in --oauth2, set COAUTH_X_CLIENT_ID and COAUTH_X_CLIENT_SECRET");
    }
}

// The session's user: the one whose credential is stored, or the one of the token.
asio::awaitable<std::string> user_of(program::provider_setup& setup, const enrich::flags& flags,
    const coauth::login_provider& provider, coauth::store::token_store& tokens)
{
    if (flags.kept.in_memory()) {
        const auto token = access_token(setup);
        coauth::user_key key("x", user_id(token));
        const std::string id = key.id;
        auto held = coauth::twitter::credential_of(token);
        co_await tokens.put(std::move(key), std::move(held));
        co_return id;
    }
    coauth::user_key key("x", flags.user);
    const auto stored = co_await tokens.find(std::move(key));
    if (!stored)
        throw coauth::error(coauth::errc::unknown_user, "the store has no credential of the x user " + flags.user)
            .with_hint("sign in with sign_in --store and the same STORE");
    check_credential(provider, stored->held);
    co_return flags.user;
}

// Everything below works with these.
struct program_run {
    program_run(const enrich::flags& flags, coauth::session& session, std::string user_id, enrich::limit_waits& waits)
        : flags(flags), session(session), user_id(std::move(user_id)), waits(waits)
    {}

    const enrich::flags& flags;
    coauth::session& session;
    std::string user_id;
    enrich::limit_waits& waits;
};

// How a pass over inputs ended.
struct ending {
    ending() = default;

    bool all_asked = true;
    std::optional<coauth::error> stopped;
    bool others_follow = false; // what stopped it may be about its inputs alone
};

// A pass over inputs: asks for them, and shows how far it is in what `meter` measures.
asio::awaitable<ending> ask_and_show(const program_run& run, enrich::inputs& source, enrich::job& job,
    const enrich::progress_meter& meter, std::function<std::uint64_t()> position)
{
    auto executor = co_await asio::this_coro::executor;
    enrich::progress_display display(
        executor, [&] { return meter.look(steady_clock::now(), job.written().all(), position(), run.waits.until()); });
    const enrich::asking asking(run.session, run.user_id, run.waits, source, job);
    ending end;
    end.all_asked = co_await enrich::ask_for_all(asking);
    end.stopped = job.stopped();
    display.stop();
    if (job.broken())
        throw *end.stopped;
    end.others_follow = job.leaves_others();
    co_return end;
}

// Puts into OUT what a killed run with --retry-failed had found.
void take_over(enrich::output_file& out, enrich::tally& written)
{
    if (written.of(enrich::outcome::failed) == 0)
        return;
    const enrich::tally taken = enrich::take_over_killed_run(out);
    written.replace_failed(taken);
    if (taken.all() != 0)
        std::cerr << "taken over from a run that was killed: " << taken.all() << " lines\n";
}

// Asks again for the inputs whose lines in OUT say "failed", and puts OUT with their new lines in its place.
// If it is stopped, the lines without a response stay as they are.
asio::awaitable<ending> retry_failed(const program_run& run, enrich::output_file& out, enrich::tally& written)
{
    auto executor = co_await asio::this_coro::executor;
    std::cerr << "asking again for the " << written.of(enrich::outcome::failed) << " lines of " << run.flags.output
              << " that say failed\n";
    enrich::failed_lines lines(out);
    auto options = run.flags.job();
    options.in_order = true;
    options.others_follow = true;
    const auto replace = [&lines](const std::vector<enrich::output_line>& added) { lines.replace(added); };
    enrich::job job(executor, options, replace, enrich::tally());
    const enrich::progress_meter meter(steady_clock::now(), 0, 0, out.size());
    std::function<std::uint64_t()> position = [&job] { return job.position(); };

    ending end = co_await ask_and_show(run, lines, job, meter, std::move(position));
    job.write_rest();
    if (job.written().all() != 0)
        lines.put_in_place();
    written.replace_failed(job.written());
    co_return end;
}

// Asks for the inputs that have no line yet.
asio::awaitable<ending> go_on(
    const program_run& run, enrich::input_source& source, enrich::output_file& out, enrich::tally& written)
{
    auto executor = co_await asio::this_coro::executor;
    const auto append = [&out](const std::vector<enrich::output_line>& lines) {
        std::string text;
        for (const auto& line : lines)
            text += line.text;
        out.append(text);
    };
    enrich::job job(executor, run.flags.job(), append, written);
    const enrich::progress_meter meter(steady_clock::now(), written.all(), source.position(), source.size());
    // What follows the last line is done with it, but what was read and has no line is not.
    std::function<std::uint64_t()> position = [&] {
        return std::max(job.position(), job.complete() ? source.position() : 0);
    };

    ending end = co_await ask_and_show(run, source, job, meter, std::move(position));
    out.close();
    written = job.written();
    co_return end;
}

// No line that says "failed" got another; whether that is the provider's doing shows when other inputs are asked for.
asio::awaitable<ending> leave_failed(const program_run& run, enrich::input_source& source, enrich::output_file& out,
    enrich::tally& written, ending retried)
{
    std::cerr << "the other lines that say failed stay as they are: " << retried.stopped->message() << '\n';
    const std::uint64_t before = written.all();
    ending end = co_await go_on(run, source, out, written);
    if (end.all_asked && !end.stopped && written.all() == before)
        co_return retried; // there was no other
    co_return end;
}

// Says what a run has done and what stopped it.
int report(const program_run& run, const enrich::tally& written, const ending& end)
{
    const auto used = run.session.stats().lookups;
    enrich::usage usage;
    usage.requests = used.requests;
    usage.waited = run.waits.waited(steady_clock::now());
    usage.cost = used.cost_micros;
    errno = 0;
    std::cout << enrich::summary(written, usage) << std::endl;
    const bool printed = std::cout.good();
    if (!printed)
        std::cerr << "error: the summary can't be written to stdout: " << std::strerror(errno) << '\n';
    if (end.stopped) {
        const bool by_signal = end.stopped->reason() == coauth::errc::cancelled;
        if (!by_signal && run.flags.provider.json && printed) // else stderr gets the error itself
            std::cerr << "stopped: " << end.stopped->what() << '\n';
        throw *end.stopped;
    }
    if (!end.all_asked) {
        std::cerr << "stopped by --max-cost " << run.flags.max_cost << ": " << enrich::amount_text(usage.cost)
                  << " is used up, and the next name might cost " << run.flags.price
                  << ". Run again with the same OUT to go on.\n";
        return program::failed;
    }
    const auto failed = written.of(enrich::outcome::failed);
    if (failed != 0)
        std::cerr << failed << " inputs failed, each for the reason in its line. To ask for them again, run again with "
                  << "the same IN and OUT and with --retry-failed.\n";
    return failed != 0 || !printed ? program::failed : program::done;
}

asio::awaitable<int> enrich_profiles(program::provider_setup& setup, const enrich::flags& flags)
{
    auto executor = co_await asio::this_coro::executor;
    enrich::input_source source(executor, flags.input, flags.column, flags.job().by);
    co_await source.read_more(); // the header at least, before OUT is touched
    if (!source.layout().empty())
        std::cerr << "IN is " << source.layout() << '\n';
    enrich::output_file out(flags.output);
    if (out.same_file_as(source.descriptor())) {
        std::cerr << "IN and OUT are the same file\n";
        co_return program::wrong_usage;
    }
    if (flags.retry_failed && enrich::replacement_file::has_place_of(flags.output, source.descriptor())) {
        std::cerr << "IN is " << flags.input << ", which --retry-failed replaces; give it another name\n";
        co_return program::wrong_usage;
    }
    const std::uint64_t width = flags.unordered ? enrich::widest_window : 1;
    enrich::tally written = co_await enrich::resume(out, source, width);
    if (written.all() != 0)
        std::cerr << flags.output << " has " << written.all() << " lines already; going on after them\n";

    auto options = flags.session();
    const auto kept = program::open_store(flags.kept);
    options.tokens = kept->tokens();
    enrich::limit_waits waits;
    options.on_event = [&waits](const coauth::session_event& event) {
        const auto now = steady_clock::now();
        if (event.kind == coauth::session_event_kind::wait)
            waits.begin(now, now + event.wait);
    };
    const auto provider = provider_of(setup, flags);
    const auto tokens = kept->tokens();
    const std::string user = co_await user_of(setup, flags, *provider, *tokens);
    coauth::session session(executor, provider, options);
    const program_run run(flags, session, user, waits);

    ending end;
    if (flags.retry_failed)
        take_over(out, written);
    if (flags.retry_failed && written.of(enrich::outcome::failed) != 0)
        end = co_await retry_failed(run, out, written);
    if (end.others_follow)
        end = co_await leave_failed(run, source, out, written, std::move(end));
    else if (end.all_asked && !end.stopped)
        end = co_await go_on(run, source, out, written);
    co_return report(run, written, end);
}

// A header without one column that is meant is found when IN is read, and is wrong usage all the same.
asio::awaitable<int> with_usage(asio::awaitable<int> work)
{
    try {
        co_return co_await std::move(work);
    } catch (const enrich::column_error& e) {
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
    const int exit_code = program::run(io, flags.provider.json, with_usage(enrich_profiles(setup, flags)));
    if (exit_code == 128 + SIGINT || exit_code == 128 + SIGTERM)
        std::cerr << "stopped by a signal; run again with the same IN and OUT to go on\n";
    return exit_code;
}

} // namespace

int main(int argc, char** argv)
{
    enrich::flags flags;
    return program::guard(flags.provider.json, [&] { return run_program(flags, argc, argv); });
}
