#include "measure.hpp"

#include "command_line/output.hpp"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <sys/resource.h>
#include <time.h>

// Of a library that counts allocations, where one is preloaded.
extern "C" __attribute__((weak)) std::uint64_t bench_alloc_calls();
extern "C" __attribute__((weak)) std::uint64_t bench_alloc_bytes();

namespace bench {

namespace {

double seconds_of(const timeval& time)
{
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

rusage usage()
{
    rusage used{};
    ::getrusage(RUSAGE_SELF, &used);
    return used;
}

double wall_seconds()
{
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

std::uint64_t allocations()
{
    return bench_alloc_calls ? bench_alloc_calls() : 0;
}

std::uint64_t allocated_octets()
{
    return bench_alloc_bytes ? bench_alloc_bytes() : 0;
}

bool writes_json = false;

template <class Number>
Number number_of(std::string_view name, const std::string& text)
{
    Number number{};
    const char* const end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, number);
    if (read.ec != std::errc() || read.ptr != end)
        throw std::invalid_argument(std::string(name) + ": " + text + " is not a number that it takes");
    return number;
}

} // namespace

arguments::arguments(int count, char** texts)
{
    const auto value = [&](int& at) -> std::string {
        if (at + 1 >= count)
            throw std::invalid_argument(std::string(texts[at]) + " needs a value");
        return texts[++at];
    };
    for (int at = 1; at < count; ++at) {
        const std::string_view name = texts[at];
        if (name == "--suite")
            suite = value(at);
        else if (name == "--only")
            only = value(at);
        else if (name == "--secs")
            seconds = number_of<double>(name, value(at));
        else if (name == "--iters")
            this->count = number_of<std::uint64_t>(name, value(at));
        else if (name == "--names")
            names = number_of<std::size_t>(name, value(at));
        else if (name == "--sample")
            sample = true;
        else if (name == "--json")
            json = true;
        else if (name == "--help" || name == "-h")
            help = true;
        else
            throw std::invalid_argument("there is no " + std::string(name));
    }
    if (names == 0)
        throw std::invalid_argument("--names is at least 1");
    constexpr double most_seconds = 86'400;
    if (!(seconds > 0 && seconds <= most_seconds))
        throw std::invalid_argument("--secs is more than 0 and at most 86400");
    json = json || std::getenv("BENCH_TMP") != nullptr;
    writes_json = json;
}

double processor_seconds()
{
    const rusage used = usage();
    return seconds_of(used.ru_utime) + seconds_of(used.ru_stime);
}

meter::meter()
    : wall_(wall_seconds()), processor_(processor_seconds()), user_(seconds_of(usage().ru_utime)),
      allocations_(allocations()), octets_(allocated_octets())
{}

void meter::report(std::string_view suite, std::string_view name, std::uint64_t operations, std::string_view members,
    std::string_view impl) const
{
    const auto each = [operations](double seconds) { return seconds / static_cast<double>(operations) * 1e9; };
    const double wall = wall_seconds() - wall_;
    const double processor = each(processor_seconds() - processor_);
    const double user = each(seconds_of(usage().ru_utime) - user_);
    const auto per_operation = [operations](std::uint64_t number) {
        return static_cast<double>(number) / static_cast<double>(operations);
    };
    const double made = per_operation(allocations() - allocations_);
    const double octets = per_operation(allocated_octets() - octets_);
    const double rate = static_cast<double>(operations) / wall;
    const std::string suite_text(suite);
    const std::string name_text(name);
    const std::string members_text(members);
    const std::string impl_text(impl);
    if (!writes_json) {
        std::printf("%-8s %-6s %-24s %12.0f ns CPU %12.0f ns user %12.0f /s", suite_text.c_str(), impl_text.c_str(),
            name_text.c_str(), processor, user, rate);
        if (bench_alloc_calls)
            std::printf(" %8.1f allocations", made);
        std::printf("  %s\n", members_text.c_str());
    } else {
        std::printf("{\"bench\":\"%s\",\"impl\":\"%s\",\"case\":\"%s\",\"ops\":%llu,\"wall_s\":%.6f,\"ops_per_s\":%.1f,"
                    "\"ns_per_op\":%.2f,\"cpu_ns_per_op\":%.2f,\"user_ns_per_op\":%.2f",
            suite_text.c_str(), impl_text.c_str(), name_text.c_str(), static_cast<unsigned long long>(operations), wall,
            rate, each(wall), processor, user);
        if (bench_alloc_calls)
            std::printf(",\"allocs_per_op\":%.3f,\"alloc_bytes_per_op\":%.1f", made, octets);
        else
            std::printf(",\"allocs_per_op\":null,\"alloc_bytes_per_op\":null");
        std::printf("%s%s}\n", members_text.empty() ? "" : ",", members_text.c_str());
    }
    coauth::command_line::flush_output();
}

// Has its name in every build.
[[gnu::noinline]] std::uint64_t measured_calls(
    const std::function<void(std::uint64_t)>& operation, std::uint64_t& next, std::uint64_t count)
{
    for (std::uint64_t i = 0; i < count; ++i)
        operation(next++);
    return count;
}

void measure(const arguments& given, std::string_view suite, std::string_view name,
    const std::function<void(std::uint64_t)>& operation, std::uint64_t units, std::string_view members,
    std::string_view impl)
{
    if (!given.wants(name))
        return;
    constexpr std::uint64_t batch = 64;
    constexpr double warm_up = 0.1;
    std::uint64_t next = 0;
    const auto repeat = [&](std::uint64_t count) {
        for (std::uint64_t i = 0; i < count; ++i)
            operation(next++);
        return count;
    };
    if (given.count != 0)
        repeat(std::min<std::uint64_t>(given.count, 16));
    else
        for (const double begun = wall_seconds(); wall_seconds() - begun < warm_up;)
            repeat(units > 1 ? 1 : batch);
    const meter started;
    std::uint64_t done = 0;
    if (given.count != 0)
        done = measured_calls(operation, next, given.count);
    else
        for (const double begun = wall_seconds(); wall_seconds() - begun < given.seconds;)
            done += repeat(units > 1 ? 1 : batch);
    started.report(suite, name, done * units, members, impl);
}

} // namespace bench
