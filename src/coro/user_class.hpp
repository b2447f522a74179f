// Calls into classes that the SDK's user wrote: stores, providers, transports, clocks.
#pragma once

#include <coauth/error.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/this_coro.hpp>

#include <exception>
#include <string_view>
#include <type_traits>
#include <utility>

namespace coauth {

/// What a user's class threw, as a `coauth::error`. One of coauth's stays as it is. Asio's `operation_aborted` is
/// `cancelled` if the operation was cancelled. Other system errors are the network's, as in
/// `error_from_current_exception`, unless `code` is `store_unavailable`. All else is `code`, with the message "internal
/// error: SOURCE threw ..." and the first 200 octets of what was thrown.
error error_of_user_class(const std::exception_ptr& thrown, bool cancelled, errc code, std::string_view source);

/// Calls `call` and returns what it returns; throws a `coauth::error` for any exception, as above.
template <class Call>
std::invoke_result_t<Call&> call_user_class(errc code, std::string_view source, Call call)
{
    try {
        return call();
    } catch (...) {
        throw error_of_user_class(std::current_exception(), false, code, source);
    }
}

/// The same for an operation: `start` returns its awaitable, and may throw as well.
template <class Start>
std::invoke_result_t<Start&> await_user_class(errc code, std::string_view source, Start start)
{
    using value_type = typename std::invoke_result_t<Start&>::value_type;
    std::exception_ptr thrown;
    try {
        if constexpr (std::is_void_v<value_type>) {
            co_await start();
            co_return;
        } else {
            value_type value = co_await start();
            co_return value;
        }
    } catch (...) {
        thrown = std::current_exception();
    }
    const boost::asio::cancellation_state state = co_await boost::asio::this_coro::cancellation_state;
    const bool cancelled = state.cancelled() != boost::asio::cancellation_type::none;
    throw error_of_user_class(std::exchange(thrown, nullptr), cancelled, code, source);
}

} // namespace coauth
