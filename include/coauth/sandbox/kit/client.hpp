// What a test of a login needs beside the sandbox: a client, and a user who allows it.
#pragma once

#include <coauth/export.hpp>
#include <coauth/sandbox/provider.hpp>
#include <coauth/twitter/client.hpp>

#include <boost/asio/awaitable.hpp>

#include <string>

namespace coauth::sandbox {

/// A client of the sandbox's app, over a connection pool of its own, on the sandbox's executor, that trusts the sandbox. `options`: all but the
/// endpoints, which are the sandbox's.
///
/// Lifetime: the client may outlive the sandbox; its calls then fail.
COAUTH_DECL twitter::client client_of(
    const provider& sandbox, twitter::client_options options = twitter::client_options());

/// Opens the provider's page that `url` leads to and allows the login there, as a user of the sandbox does in a browser:
/// OAuth 1.0a's, OAuth 2's of any provider, and a device's `verification_uri_complete`. Returns the query of the callback
/// (not the callback itself, which is not opened), or the PIN if the login has none, or nothing for a device.
/// Throws `errc::invalid_argument` for a URL that is not the sandbox's, `errc::not_found` for an unknown user, and
/// `errc::unexpected_redirect` or `errc::provider_error` for what else the page says.
COAUTH_DECL boost::asio::awaitable<std::string> allow(const provider& sandbox, std::string url, std::string username);

} // namespace coauth::sandbox
