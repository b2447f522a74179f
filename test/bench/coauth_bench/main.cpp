// What coauth costs, operation by operation.
//
// Alone it calls a sandbox that it starts, and prints a table. With BENCH_TMP, a folder with the inputs of a harness, it calls that
// harness's server at https://localhost:BENCH_PORT (8443), and prints JSON. BENCH_CONNS: requests in flight. --iters: so many
// operations, or so many pending logins. --names: names a request of the suite batch, up to 100.
#include "command_line/output.hpp"
#include "suites.hpp"

#include <algorithm>
#include <array>
#include <exception>
#include <iostream>
#include <optional>
#include <stdexcept>

namespace {

struct named_suite {
    const char* name;
    void (*run)(const bench::arguments& given, const bench::server& at);
    bool calls_server;
};

constexpr std::array suites = {
    named_suite{"sign", bench::sign, false},
    named_suite{"json", bench::json, false},
    named_suite{"client", bench::client, false},
    named_suite{"cached", bench::cached, false},
    named_suite{"http", bench::lookups, true},
    named_suite{"bearer", bench::bearer, true},
    named_suite{"login", bench::logins, true},
    named_suite{"cold", bench::cold, true},
    named_suite{"batch", bench::batch, true},
    named_suite{"pending", bench::pending, false},
};

constexpr const char* usage =
    "usage: coauth_bench [--suite NAME] [--only CASE] [--secs S] [--iters N] [--names N] [--json] [--sample]\n";

constexpr int exit_of_failure = 1;
constexpr int exit_of_wrong_usage = 2;

int run(const bench::arguments& given)
{
    const auto chosen = [&given](const named_suite& suite) { return given.suite.empty() || given.suite == suite.name; };
    if (std::none_of(suites.begin(), suites.end(), chosen)) {
        std::cerr << "unknown suite " << given.suite << '\n' << usage;
        return exit_of_wrong_usage;
    }
    const bench::server at(std::any_of(
        suites.begin(), suites.end(), [&](const named_suite& suite) { return chosen(suite) && suite.calls_server; }));
    for (const named_suite& suite : suites)
        if (chosen(suite))
            suite.run(given, at);
    coauth::command_line::flush_output();
    if (given.found || given.sample || given.only.empty())
        return 0;
    std::cerr << "no case " << given.only << " was measured\n" << usage;
    return exit_of_wrong_usage;
}

} // namespace

int main(int count, char** texts)
{
    coauth::command_line::prepare_standard_streams();
    std::optional<bench::arguments> given;
    try {
        given.emplace(count, texts);
    } catch (const std::invalid_argument& wrong) {
        std::cerr << wrong.what() << '\n' << usage;
        return exit_of_wrong_usage;
    }
    try {
        if (!given->help)
            return run(*given);
        coauth::command_line::print(usage);
        return 0;
    } catch (const std::exception& problem) {
        std::cerr << problem.what() << '\n';
        return exit_of_failure;
    }
}
