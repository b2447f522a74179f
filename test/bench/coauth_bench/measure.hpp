// What an operation costs: processor time, allocations, and how it is written.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace bench {

/// The command line.
struct arguments {
    /// Throws `std::invalid_argument` for wrong usage.
    arguments(int count, char** texts);

    /// Remembers that a case was found.
    bool wants(std::string_view name) const
    {
        const bool wanted = only.empty() || only == name;
        found = found || wanted;
        return wanted;
    }

    std::string suite;       ///< Empty: all.
    std::string only;        ///< One case of the suite.
    double seconds = 1;      ///< How long to measure, after some warming up.
    std::uint64_t count = 0; ///< Exactly so many operations in place of `seconds`, for a profiler.
    std::size_t names = 100; ///< Names a request, of the suite `batch`.
    bool sample = false;     ///< Shows one signed request.
    bool help = false;
    mutable bool found = false; ///< `wants` was true.
    bool json = false;          ///< One JSON object a line. Always so where BENCH_TMP names the inputs.
};

/// What a measured part of the program took.
class meter {
public:
    meter();

    /// One line for `operations` since the meter was made. `members`: further ones of the JSON, such as "resumed":7. `impl`:
    /// what was measured; "floor" is the least that it could cost.
    void report(std::string_view suite, std::string_view name, std::uint64_t operations, std::string_view members = {},
        std::string_view impl = "coauth") const;

private:
    double wall_;
    double processor_;
    double user_;
    std::uint64_t allocations_;
    std::uint64_t octets_;
};

/// Seconds of this process on a processor.
double processor_seconds();

/// Measures `operation`, which is called with 0, 1, 2, ...; it counts as `units` operations. A profiler that is to see the
/// measured calls only collects inside `bench::measured_calls`.
void measure(const arguments& given, std::string_view suite, std::string_view name,
    const std::function<void(std::uint64_t)>& operation, std::uint64_t units = 1, std::string_view members = {},
    std::string_view impl = "coauth");

/// Keeps the compiler from leaving out what made `value`.
template <class T>
void keep(const T& value)
{
    asm volatile("" : : "r,m"(&value) : "memory");
}

} // namespace bench
