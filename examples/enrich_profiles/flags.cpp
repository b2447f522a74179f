#include "enrich_profiles/flags.hpp"

#include "program/main_loop.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <chrono>
#include <iostream>

namespace enrich {

namespace {

constexpr const char* description = R"(Turns names or ids into profiles.

Each input gets a line in OUT, in the order of IN:
  {"input":TEXT,"outcome":WORD,"profile":{...}|null,"error":{...}|null}
WORD is found, not_found, suspended, protected (not shown to these credentials), invalid (no name or
id) or failed (error says why).

Stop it when you like, even by kill -9: run again with the same IN and OUT, and it goes on after the
lines that OUT has, without asking for them again. Lines that say "failed" count as written, unless
there is --retry-failed: then OUT is first copied to OUT.retry-failed beside it with the new lines in
the place of those that said "failed", and the copy is renamed over OUT. A kill meanwhile leaves the old
OUT, and so does a full disk; any other end keeps what was found, and leaves the other lines as they were.

During an outage (no request succeeds: refused or lost connections, time-outs, HTTP 5xx) it waits, for
--retry-for seconds at most. What would be the response to every other input stops it at once: a token
that was revoked, an account or an app that is suspended, locked or out of its monthly allowance, any
refusal of a whole request (HTTP 401, 402, 403, a redirect). A request that fails in another way, such
as by a response that can't be read, fails its inputs if later requests succeed, and after three such in
a row stops the job. Whenever the job stops, by a signal too, no failure that may pass is written: inputs
without a line are asked for by the next run.

A name that comes again is asked once, as long as its answer is among the last 20000. Memory is
bounded whatever the size of IN.

When it ends, stdout gets a summary. Its inputs, found, not_found, suspended, invalid and failed count
the lines of OUT, those of earlier runs included; requests, waited_s and cost_usd are this run's.

The user token is COAUTH_TOKEN and COAUTH_TOKEN_SECRET. Exit codes: 0; 1 if some inputs failed, the
cost bound or an outage stopped it, or an error did; 2 for wrong usage; 130 and 143 after SIGINT and SIGTERM.
)";

const char* fault_of(const flags& f)
{
    if (f.out == "-")
        return "OUT is a file, so that a run can go on where the last one stopped; stdout gets the summary";
    if (!read_amount(f.price))
        return "--price is no amount such as 0.010";
    if (!f.max_cost.empty() && !read_amount(f.max_cost))
        return "--max-cost is no amount such as 25 or 0.50";
    return nullptr;
}

std::chrono::milliseconds milliseconds_of(double seconds)
{
    return std::chrono::milliseconds(static_cast<long>(seconds * 1000));
}

} // namespace

job_options flags::job() const
{
    job_options o;
    o.in_order = !unordered;
    if (!by.empty())
        o.by = by == "id" ? naming::ids : naming::names;
    o.requests = concurrency;
    if (!max_cost.empty())
        o.most_cost = read_amount(max_cost);
    o.price = read_amount(price).value();
    return o;
}

coauth::session_options flags::session() const
{
    coauth::session_options o;
    o.max_requests = concurrency;
    o.max_wait = milliseconds_of(max_wait);
    o.price_per_profile_micros = read_amount(price).value();
    // A name that comes again is answered from here, however long the job takes.
    o.max_cached_answers = 20'000;
    o.cache_for = std::chrono::hours(24);
    o.cache_missing_for = std::chrono::hours(24);
    o.retry_for = milliseconds_of(retry_for);
    return o;
}

std::optional<int> read_flags(flags& to, int argc, char** argv)
{
    CLI::App app(description, "enrich_profiles");
    to.provider.add_to(app);
    app.add_option("IN", to.in, "Names or ids, a line each; or CSV with a header; - is stdin")->required();
    app.add_option("OUT", to.out, "The file of JSON lines to make, or to go on with")->required();
    app.add_option("--column", to.column,
        "IN is CSV, and this column has the names or ids. Without it IN is CSV if its first line has a comma; "
        "the column is the first there is of username, screen_name, user_id, id, name");
    app.add_option("--by", to.by, "All are names, or all are ids; by default what is all digits is an id")
        ->check(CLI::IsMember({"name", "id"}));
    app.add_flag("--unordered", to.unordered, "Write lines as they come, not in the order of IN");
    app.add_option("--concurrency", to.concurrency, "Requests on the wire at once; each carries up to 100 names")
        ->check(CLI::Range(std::size_t(1), most_requests))
        ->capture_default_str();
    app.add_option("--max-cost", to.max_cost,
        "Stop before this run may have cost more than this many dollars; what the provider charges for answers that "
        "were lost on the way is not seen");
    app.add_option("--price", to.price, "What the provider takes for a profile, in dollars")->capture_default_str();
    app.add_option("--max-wait", to.max_wait,
           "Seconds to wait for a rate limit at most; names that would have to wait longer fail")
        ->check(CLI::Range(0.0, 2'592'000.0))
        ->capture_default_str();
    app.add_option("--retry-for", to.retry_for,
           "Seconds to wait for the end of an outage; when no request has succeeded for so long the job stops, and "
           "running it again goes on. 0: each request is tried once")
        ->check(CLI::Range(0.0, 86'400.0))
        ->capture_default_str();
    app.add_flag("--retry-failed", to.retry_failed,
        "First ask again for the inputs whose lines in OUT say failed, and replace these lines in place");
    if (const auto exit_code = program::parse_flags(app, argc, argv))
        return exit_code;
    if (const char* fault = fault_of(to)) {
        std::cerr << fault << "\nRun with --help for more information.\n";
        return program::wrong_usage;
    }
    to.provider.connections = std::max(to.provider.connections, to.concurrency);
    return std::nullopt;
}

} // namespace enrich
