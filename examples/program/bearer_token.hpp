// A token of OAuth 2 for a single request.
#pragma once

#include "program/provider_flags.hpp"

#include <coauth/secret.hpp>

#include <boost/asio/awaitable.hpp>

namespace program {

/// COAUTH_TOKEN. Throws `errc::invalid_argument` if it is empty, or holds what a header can't.
coauth::secret bearer_token_from_environment();

/// One of the first user of the sandbox inside this program, which approves by itself.
boost::asio::awaitable<coauth::secret> sandbox_bearer_token(const network& connections);

} // namespace program
