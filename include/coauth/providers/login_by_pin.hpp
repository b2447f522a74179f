// A login at a terminal.
#pragma once

#include <coauth/export.hpp>
#include <coauth/identity/login_provider.hpp>

#include <boost/asio/awaitable.hpp>

#include <iosfwd>
#include <memory>

namespace coauth::providers {

/// Signs a user in at a provider of OAuth 1.0a that shows a PIN (RFC 5849, section 2.1: "oob"): writes the page's URL to `out`,
/// and reads the PIN, a line, from `in`. Blocks the thread while it reads: for a program with one user.
///
/// Throws `denied` if there is no line, and what the provider throws. Lifetime: the streams must outlive the operation.
COAUTH_DECL boost::asio::awaitable<finished_login> login_by_pin(
    std::shared_ptr<login_provider> provider, std::istream& in, std::ostream& out);

} // namespace coauth::providers
