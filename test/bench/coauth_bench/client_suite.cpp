// A lookup without a wire: what the client itself costs.
#include "suites.hpp"

#include <coauth/http/transport.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <cstdlib>
#include <exception>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <string>
#include <utility>

namespace asio = boost::asio;
using namespace coauth;

namespace bench {

namespace {

// Gives the same response to every request, at once.
class canned_transport final : public http::transport {
public:
    explicit canned_transport(std::string body)
    {
        response_.status = 200;
        response_.headers.set("Date", "Sun, 29 Nov 2026 12:00:00 GMT");
        response_.headers.set("Content-Type", "application/json;charset=utf-8");
        response_.headers.set("x-rate-limit-limit", "900");
        response_.headers.set("x-rate-limit-remaining", "899");
        response_.headers.set("x-rate-limit-reset", "1795510000");
        response_.body = std::move(body);
    }

    asio::awaitable<http::response> send(http::request request) override
    {
        keep(request);
        co_return response_;
    }

private:
    http::response response_;
};

asio::awaitable<void> look_up_often(const twitter::user_client& user, const std::string& name, std::uint64_t count)
{
    for (std::uint64_t i = 0; i < count; ++i) {
        const auto found = co_await user.profile(user_ref(name));
        keep(found);
    }
}

} // namespace

void client(const arguments& given, const server& at)
{
    const char* const folder = std::getenv("BENCH_TMP");
    if (!folder) {
        std::cerr << "client: the response to read comes with a harness, in BENCH_TMP\n";
        return;
    }
    std::ifstream in(std::string(folder) + "/data/user.json", std::ios::binary);
    std::string body(std::istreambuf_iterator<char>(in), {});
    const auto user = at.client(std::make_shared<canned_transport>(std::move(body))).for_user(at.user);
    asio::io_context io;
    constexpr std::uint64_t lookups = 64;
    measure(
        given, "client", "lookup",
        [&](std::uint64_t) {
            asio::co_spawn(io, look_up_often(user, at.user_name, lookups), [](const std::exception_ptr& failed) {
                if (failed)
                    std::rethrow_exception(failed);
            });
            io.restart();
            io.run();
        },
        lookups);
}

} // namespace bench
