// A client in one line, from environment variables.
#pragma once

#include <coauth/export.hpp>
#include <coauth/oauth1/credentials.hpp>
#include <coauth/twitter/client.hpp>
#include <coauth/twitter/provider.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <optional>

namespace coauth::twitter {

/// The app's keys: COAUTH_CONSUMER_KEY and COAUTH_CONSUMER_SECRET. Throws `errc::invalid_argument` where one of the two is not
/// set, or has something around it that was copied with it, such as quotes. A secret may be set to nothing: RSA needs none.
COAUTH_DECL oauth1::consumer consumer_from_environment();

/// A user's token: COAUTH_TOKEN and COAUTH_TOKEN_SECRET; empty if neither is set. Throws as `consumer_from_environment`,
/// also if only one is set.
COAUTH_DECL std::optional<oauth1::access_token> token_from_environment();

/// The same as a credential, for `session::add_user`. Throws `errc::invalid_argument` if there is none.
COAUTH_DECL credential credential_from_environment();

/// A client over a connection pool of its own. Beside the app's keys it reads COAUTH_PROVIDER, the API base URL (default
/// https://api.x.com), COAUTH_CA_FILE, a PEM file with the only authorities to trust (default: the system's), and
/// COAUTH_PROXY, an HTTP proxy. Throws `errc::invalid_argument` for what can't be used.
COAUTH_DECL client client_from_environment(boost::asio::any_io_executor executor);

/// The same on the executor of the coroutine that awaits it.
COAUTH_DECL boost::asio::awaitable<client> client_from_environment();

/// A client for the user whose token is in the environment. Throws `errc::invalid_argument` if there is none.
COAUTH_DECL user_client user_client_from_environment(boost::asio::any_io_executor executor);
COAUTH_DECL boost::asio::awaitable<user_client> user_client_from_environment();

} // namespace coauth::twitter
