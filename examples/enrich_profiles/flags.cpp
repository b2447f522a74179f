#include "enrich_profiles/flags.hpp"

#include "program/main_loop.hpp"
#include "program/seconds.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <chrono>
#include <iostream>
#include <string>

namespace enrich {

namespace {

constexpr const char* description = R"(Turns names or ids into profiles: one line of JSON in OUT for each input, in the
order of IN. Its outcome is found, not_found, suspended, protected (not shown to these credentials), invalid (no
name or id) or failed (its error says why). The user token is COAUTH_TOKEN and COAUTH_TOKEN_SECRET, or that of --user
in --store.

Stop it when you like, even by kill -9: run again with the same IN and OUT, and it goes on after the lines that OUT
has, without asking for them again. Lines that say failed count as written, unless there is --retry-failed.

An outage is waited for, --retry-for seconds at most. What would be the response to every other input stops the job at
once: a token that was revoked, an account or an app that is suspended, locked or out of its allowance. Whenever it
stops, no failure that may pass is written: inputs without a line are asked for by the next run.

IN is a name or id on each line, or a table with a header: UTF-8 or UTF-16, separated by commas, semicolons, tabs or
bars. Standard error says which column was taken; where several could be meant, the exit code is 2. If more than half of
the first 1000 inputs are invalid (of at least 20), it stops before anything of them is asked or written, with exit code 1.

At the end standard output gets a summary: inputs, found, not_found, suspended, invalid and failed count the lines of OUT,
those of earlier runs too; requests, waited_s and cost_usd are this run's. More: docs/03-session.md.)";

std::string fault_of(const flags& f)
{
    if (f.output == "-")
        return "OUT is a file, so that a run can go on where the last one stopped; stdout gets the summary";
    if (!read_amount(f.price))
        return "--price is not an amount such as 0.010";
    if (!f.max_cost.empty() && !read_amount(f.max_cost))
        return "--max-cost is not an amount such as 25 or 0.50";
    if (f.kept.in_memory() != f.user.empty())
        return "--store and --user go together: the credential of this user is used, which sign_in keeps with the same "
               "--store";
    return f.provider.provider.empty() ? f.provider.fault_with_sandbox() : "";
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
    // A name that comes again has its response here, however long the job takes.
    o.max_cached_lookups = 20'000;
    o.cache_for = std::chrono::hours(24);
    o.cache_missing_for = std::chrono::hours(24);
    o.retry_for = milliseconds_of(retry_for);
    return o;
}

std::optional<int> read_flags(flags& to, int argc, char** argv)
{
    CLI::App app(description, "enrich_profiles");
    to.provider.add_to(app, {"--authorize-base"});
    to.kept.add_to(app, "the user's credential is, as sign_in keeps it");
    app.add_option("--user", to.user, "The id of the user whose credential in --store is used")->type_name("ID");
    app.add_option("IN", to.input, "Names or ids, a line each; or a table with a header; - is stdin")->required();
    app.add_option("OUT", to.output, "The file of JSON lines to make, or to go on with")->required();
    app.add_option("--column", to.column,
           "IN is a table, and this column has the names or ids. Without it, a column whose header says so, such as "
           "username, screen_name, handle, user_id or author_id, or a single id or name")
        ->type_name("NAME");
    app.add_option("--by", to.by, "All are names, or all are ids")
        ->check(CLI::IsMember({"name", "id"}))
        ->type_name("KIND")
        ->default_str("what is all digits is an id");
    app.add_flag("--unordered", to.unordered, "Write lines as they come, not in the order of IN");
    app.add_option("--concurrency", to.concurrency, "Requests on the wire at once; each carries up to 100 names")
        ->check(CLI::Range(std::size_t(1), most_requests))
        ->type_name("N")
        ->capture_default_str();
    app.add_option("--max-cost", to.max_cost,
           "Stop before this run may have cost more than this many dollars; what the provider charges for responses "
           "that "
           "were lost on the way is not seen")
        ->type_name("USD");
    app.add_option("--price", to.price, "What the provider takes for a profile, in dollars")
        ->type_name("USD")
        ->capture_default_str();
    app.add_option("--max-wait", to.max_wait,
           "Seconds to wait for a rate limit at most; names that would have to wait longer fail")
        ->check(program::seconds_between(0, 2'592'000))
        ->type_name("SECONDS")
        ->capture_default_str();
    app.add_option("--retry-for", to.retry_for,
           "Seconds to wait for the end of an outage; when no request has succeeded for so long the job stops, and "
           "running it again goes on. 0: each request is tried once")
        ->check(program::seconds_between(0, 86'400))
        ->type_name("SECONDS")
        ->capture_default_str();
    app.add_flag("--retry-failed", to.retry_failed,
        "First ask again for the inputs whose lines in OUT say failed, and replace these lines in place");
    const char* const example = "enrich_profiles names.txt profiles.jsonl\n"
                                "enrich_profiles people.csv profiles.jsonl --column username --max-cost 5";
    const std::string failure = "some inputs failed, or the job was stopped; standard error says why";
    if (const auto exit_code = program::parse_flags(app, argc, argv, example, failure))
        return exit_code;
    if (const auto fault = fault_of(to); !fault.empty())
        return program::misused(app, fault);
    to.provider.connections = std::max(to.provider.connections, to.concurrency);
    return std::nullopt;
}

} // namespace enrich
