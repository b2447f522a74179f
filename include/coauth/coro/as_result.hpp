// The error of an operation as a value.
#pragma once

#include <coauth/error.hpp>

#include <boost/asio/awaitable.hpp>

#include <exception>
#include <type_traits>
#include <utility>

namespace coauth {

/// The exception that is being handled, as a `coauth::error`. Asio's own errors become `cancelled`, `timeout`
/// or `connection_lost`; an exception that is not a system error (such as `std::bad_alloc`) is rethrown.
COAUTH_DECL error error_from_current_exception();

/// Awaits `op` and returns its value, or the error it threw.
///
///     auto r = co_await coauth::as_result(user.me());
///     if (!r) std::cerr << r.error().what() << '\n';
///
/// Only errors are caught: `std::bad_alloc` and the like pass through.
template <class T>
boost::asio::awaitable<result<T>> as_result(boost::asio::awaitable<T> op)
{
    try {
        if constexpr (std::is_void_v<T>) {
            co_await std::move(op);
            co_return result<void>();
        } else {
            T value = co_await std::move(op);
            co_return result<T>(std::move(value));
        }
    } catch (const boost::system::system_error&) {
        co_return result<T>(error_from_current_exception());
    }
}

} // namespace coauth
