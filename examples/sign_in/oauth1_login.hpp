// A login by OAuth 1.0a: the three legs.
#pragma once

#include "program/provider_flags.hpp"
#include "sign_in/flags.hpp"

#include <coauth/identity/login_provider.hpp>

#include <boost/asio/awaitable.hpp>

namespace sign_in {

/// Signs a user in at X and returns the profile. Prints the address to open.
boost::asio::awaitable<coauth::finished_login> login_by_oauth1(program::provider_setup& setup, const flags& given);

} // namespace sign_in
