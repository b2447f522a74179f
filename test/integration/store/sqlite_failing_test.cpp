#include "integration/store/failing_operations.hpp"
#include "integration/store/sqlite_place.hpp"
#include "store/sqlite/stores.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <functional>
#include <memory>

using namespace coauth;
using namespace coauth::testing;

namespace {

class sqlite_engine_fixture {
public:
    sqlite_engine_fixture()
    {
        store::database_options options;
        options.clock = bench.clock;
        options.deadline = std::chrono::minutes(1);
        const store::sqlite::file_settings settings(place.path(), place.keys, bench.clock, options.deadline);
        engine = std::make_shared<store::sqlite::engine>(settings, options);
    }

    stores_with_threads stores()
    {
        stores_with_threads out;
        out.logins = store::sqlite::logins_of(engine);
        out.tokens = store::sqlite::tokens_of(engine);
        out.visitors = store::sqlite::visitors_of(engine);
        out.on_threads = [this](const std::function<void()>& task) {
            for (auto* const thread : {&engine->writer, &engine->reader}) { // which work in order
                boost::asio::io_context apart;
                bool called = false;
                boost::asio::co_spawn(apart,
                    store::sqlite::on_thread(engine, thread, "a test's",
                        [&](auto&) {
                            task();
                            return called = true;
                        }),
                    [](const std::exception_ptr&, bool) {}); // which may be short of memory after the task
                apart.run();
                REQUIRE(called);
            }
        };
        return out;
    }

    store_bench bench;
    sqlite_place place;
    store::sqlite::engine_ptr engine;
};

} // namespace

TEST_CASE("sqlite: each allocation of the caller's may fail")
{
    sqlite_engine_fixture s;
    failing_operations(s.bench, s.stores()).run_out_of_memory(false);
}

TEST_CASE("sqlite: each allocation of its threads may fail")
{
    sqlite_engine_fixture s;
    failing_operations(s.bench, s.stores()).run_out_of_memory(true);
}

TEST_CASE("sqlite: each operation may be cancelled at each moment, once and twice")
{
    sqlite_engine_fixture s;
    failing_operations(s.bench, s.stores()).cancel();
}
