// What the operating system refuses to a program that starts, as a `coauth::error`.
#pragma once

#include <coauth/error.hpp>
#include <coauth/export.hpp>

#include <string_view>

namespace coauth {

/// What to do when the system has run out of something: open files, memory, threads. Empty for any other
/// reason.
COAUTH_DECL std::string_view shortage_hint(const boost::system::error_code& reason) noexcept;

/// The error of an operation that the operating system refused, such as "starting the HTTP server". Its code is
/// `errc::invalid_argument`, as for an address that can't be listened on: nothing was sent, and the remedy
/// is on this machine. It always has a hint.
COAUTH_DECL error system_failure(std::string_view operation, const boost::system::error_code& reason);

/// The same for OpenSSL's random generator.
COAUTH_DECL error random_failure();

/// Returns `make()`. What it throws of Boost's own errors is thrown as `system_failure(operation, ...)`.
template <class Make>
auto typed_failures(std::string_view operation, Make make)
{
    try {
        return make();
    } catch (const error&) {
        throw;
    } catch (const boost::system::system_error& e) {
        throw system_failure(operation, e.code());
    }
}

} // namespace coauth
