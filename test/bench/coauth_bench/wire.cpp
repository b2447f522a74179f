#include "wire.hpp"

#include <boost/asio/co_spawn.hpp>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <exception>
#include <utility>

namespace asio = boost::asio;

namespace bench {

int in_flight(int usual)
{
    const char* const text = std::getenv("BENCH_CONNS");
    return text ? std::atoi(text) : usual;
}

asio::awaitable<void> wire::repeat(operation each)
{
    while (!ending_) {
        co_await each();
        ++done_;
    }
}

void wire::run(const arguments& given, std::string_view suite, std::string_view name, int flying, std::uint64_t warm,
    operation each, std::uint64_t units, const std::function<std::string()>& more)
{
    if (!given.wants(name))
        return;
    done_ = 0;
    ending_ = false;
    for (int i = 0; i < flying; ++i)
        asio::co_spawn(io_, repeat(each), [](const std::exception_ptr& failed) {
            if (failed)
                std::rethrow_exception(failed);
        });
    io_.restart();
    while (done_ < (given.count != 0 ? std::min(warm, 2 * given.count) : warm))
        io_.run_one();
    const meter started;
    const auto first = done_;
    if (given.count != 0)
        while (done_ < first + given.count)
            io_.run_one();
    else
        io_.run_for(std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::duration<double>(given.seconds)));
    const auto measured = done_ - first;
    started.report(
        suite, name, measured * units, "\"conns\":" + std::to_string(flying) + (more ? "," + more() : std::string()));
    ending_ = true;
    io_.restart();
    io_.run();
}

} // namespace bench
