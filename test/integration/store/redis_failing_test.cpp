#include "integration/store/failing_operations.hpp"
#include "integration/store/redis_place.hpp"
#include "store/redis/client.hpp"
#include "store/redis/stores.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <functional>
#include <future>
#include <memory>

using namespace coauth;
using namespace coauth::testing;

namespace {

class redis_client_fixture {
public:
    stores_with_threads stores()
    {
        stores_with_threads out;
        out.logins = store::redis::redis_login_store(shared, store::login_limits());
        out.tokens = store::redis::redis_token_store(shared);
        out.visitors = store::redis::redis_visitor_store(shared, store::visitor_limits());
        out.on_threads = [this](const std::function<void()>& task) {
            const auto tokens = store::redis::redis_token_store(shared);
            boost::asio::io_context apart; // what was asked before this has its replies then
            boost::asio::co_spawn(
                apart, tokens->find(some_user("nobody")), [](const std::exception_ptr&, const auto&) {});
            apart.run();
            const auto called =
                std::make_shared<std::promise<void>>(); // which its thread may be in longer than this one
            shared.client->post([called, &task](const auto&) {
                task();
                called->set_value();
            });
            called->get_future().wait();
        };
        return out;
    }

    store_bench bench;
    redis_place place;
    store::redis::redis_shared shared{
        std::make_shared<store::redis::redis_client>(place.address, std::chrono::minutes(1)), place.keys, bench.clock,
        place.address.prefix, "0123456789abcdef"};
};

} // namespace

TEST_CASE("redis: each allocation of the caller's may fail")
{
    redis_client_fixture s;
    failing_operations(s.bench, s.stores()).run_out_of_memory(false);
}

TEST_CASE("redis: each allocation of its thread may fail")
{
    redis_client_fixture s;
    failing_operations(s.bench, s.stores()).run_out_of_memory(true);
}

TEST_CASE("redis: each operation may be cancelled at each moment, once and twice")
{
    redis_client_fixture s;
    failing_operations(s.bench, s.stores()).cancel();
}
