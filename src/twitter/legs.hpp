// The three legs of a login, as coroutines over a caller.
#pragma once

#include "twitter/caller.hpp"

#include <coauth/oauth1/credentials.hpp>
#include <coauth/twitter/client.hpp>

#include <boost/asio/awaitable.hpp>

#include <memory>
#include <string>

namespace coauth::twitter {

/// As the members of `client` with the same names.
boost::asio::awaitable<oauth1::request_token> request_token(
    std::shared_ptr<const caller> from, std::string callback, access_type access);
boost::asio::awaitable<oauth1::access_token> access_token(
    std::shared_ptr<const caller> from, oauth1::request_token login, std::string verifier);

/// `ask_again`: the page that always asks.
std::string login_page(
    const caller& from, bool ask_again, const oauth1::request_token& login, const authorize_options& options);

} // namespace coauth::twitter
