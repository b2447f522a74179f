// Makes every error of an operation one of coauth's.
#pragma once

#include <coauth/coro/as_result.hpp>

#include <boost/asio/awaitable.hpp>

#include <type_traits>
#include <utility>

namespace coauth {

/// Awaits `op`; what it throws of Asio's, such as its `operation_aborted`, is thrown as `coauth::error`.
template <class T>
boost::asio::awaitable<T> typed_errors(boost::asio::awaitable<T> op)
{
    try {
        if constexpr (std::is_void_v<T>) {
            co_await std::move(op);
        } else {
            T value = co_await std::move(op);
            co_return value;
        }
    } catch (const boost::system::system_error&) {
        throw error_from_current_exception();
    }
}

} // namespace coauth
