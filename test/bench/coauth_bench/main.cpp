// What coauth costs, operation by operation.
//
// usage: coauth_bench [--suite NAME] [--only CASE] [--secs S] [--iters N] [--json] [--sample]
//
// Alone it calls a sandbox that it starts, and prints a table. With BENCH_TMP, a folder with the inputs of a harness, it calls that
// harness's server at https://localhost:BENCH_PORT (8443), with BENCH_CONNS requests in flight, and prints JSON.
#include "suites.hpp"

#include <array>
#include <exception>
#include <iostream>

namespace {

struct named_suite {
    const char* name;
    void (*run)(const bench::arguments& given, const bench::server& at);
};

constexpr std::array suites = {named_suite{"sign", bench::sign}, named_suite{"json", bench::json},
    named_suite{"cached", bench::cached}, named_suite{"http", bench::lookups}, named_suite{"login", bench::logins},
    named_suite{"cold", bench::cold}, named_suite{"batch", bench::batch}, named_suite{"pending", bench::pending}};

} // namespace

int main(int count, char** texts)
{
    try {
        const bench::arguments given(count, texts);
        const bench::server at;
        bool found = false;
        for (const auto& each : suites)
            if (given.suite.empty() || given.suite == each.name) {
                each.run(given, at);
                found = true;
            }
        if (found)
            return 0;
        std::cerr << "there is no suite " << given.suite << '\n';
    } catch (const std::exception& failed) {
        std::cerr << failed.what() << '\n';
    }
    return 2;
}
