// A login by a provider of any protocol: by a callback, or on another device.
#pragma once

#include "program/provider_flags.hpp"
#include "sign_in/flags.hpp"

#include <coauth/identity/login_provider.hpp>

#include <boost/asio/awaitable.hpp>

#include <memory>

namespace sign_in {

/// Signs a user in and returns the profile. Prints the address to open.
boost::asio::awaitable<coauth::finished_login> login_by_callback(
    const program::network& connections, const flags& given, std::shared_ptr<coauth::login_provider> provider);

/// The same without a callback (RFC 8628). Throws `errc::expired` if the user does not allow it in time.
boost::asio::awaitable<coauth::finished_login> login_by_device(
    const program::network& connections, const flags& given, std::shared_ptr<coauth::login_provider> provider);

} // namespace sign_in
