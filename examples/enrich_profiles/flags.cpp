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
lines that OUT has, without asking for them again. Lines that say "failed" count as written.

A name that comes again is asked once, as long as its answer is among the last 20000. Memory is
bounded whatever the size of IN.

When it ends, stdout gets a summary. Its inputs, found, not_found, suspended, invalid and failed count
the lines of OUT, those of earlier runs included; requests, waited_s and cost_usd are this run's.

The user token is COAUTH_TOKEN and COAUTH_TOKEN_SECRET. Exit codes: 0; 1 if some inputs failed, the
cost bound stopped it, or an error did; 2 for wrong usage; 130 and 143 after SIGINT and SIGTERM.
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
    o.max_wait = std::chrono::milliseconds(static_cast<long>(max_wait * 1000));
    o.price_per_profile_micros = read_amount(price).value();
    // A name that comes again is answered from here, however long the job takes.
    o.max_cached_answers = 20'000;
    o.cache_for = std::chrono::hours(24);
    o.cache_missing_for = std::chrono::hours(24);
    // A job of hours sits out half a minute of trouble.
    o.retry_for = std::chrono::seconds(30);
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
