// What the rules of a store need of it: where it runs, its time, and a way to await one operation.
#pragma once

#include "unit/session/manual_clock.hpp"

#include <coauth/coro/as_result.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <doctest/doctest.h>

#include <exception>
#include <memory>
#include <optional>
#include <utility>

namespace coauth::testing {

class store_bench {
public:
    store_bench() = default;
    ~store_bench() { clock->end(); } // what sleeps holds the clock
    store_bench(const store_bench&) = delete;
    store_bench& operator=(const store_bench&) = delete;

    /// Runs the context until the operation has ended, and not longer: a store may keep it busy.
    template <class T>
    result<T> run(boost::asio::awaitable<T> op)
    {
        std::optional<result<T>> out;
        boost::asio::co_spawn(io, as_result(std::move(op)), [&out](const std::exception_ptr& e, result<T> r) {
            REQUIRE(e == nullptr);
            out.emplace(std::move(r));
        });
        io.restart();
        while (!out && io.run_one() != 0) {}
        REQUIRE(out);
        return std::move(*out);
    }

    boost::asio::io_context io;
    std::shared_ptr<manual_clock> clock = std::make_shared<manual_clock>();
};

} // namespace coauth::testing
