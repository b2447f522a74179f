// Logins of devices without a browser (RFC 8628).
#pragma once

#include "providers/oauth2_app.hpp"

#include <coauth/identity/login_provider.hpp>

#include <boost/asio/awaitable.hpp>

namespace coauth::providers {

/// As the members of `login_provider` with the same names.
boost::asio::awaitable<device_prompt> begin_device(shared_oauth2_app app, login_request request);
boost::asio::awaitable<finished_login> finish_device(shared_oauth2_app app, device_prompt prompt);

} // namespace coauth::providers
