// The end of a login whose new credential turns out to be of no use.
#pragma once

#include <boost/asio/awaitable.hpp>

#include <exception>
#include <utility>

namespace coauth::api {

/// Awaits `operation`, such as the request for the profile. If it fails, awaits `revocation` of the new credential, for nothing
/// else will ever hold it, and throws what `operation` threw; a failure of `revocation` is of no interest beside that.
template <class T>
boost::asio::awaitable<T> revoke_on_failure(
    boost::asio::awaitable<T> operation, boost::asio::awaitable<void> revocation)
{
    std::exception_ptr failure;
    try {
        T value = co_await std::move(operation);
        co_return value;
    } catch (...) {
        failure = std::current_exception();
    }
    try {
        co_await std::move(revocation);
    } catch (...) {
        // The first failure matters more.
    }
    std::rethrow_exception(std::exchange(failure, nullptr));
}

} // namespace coauth::api
