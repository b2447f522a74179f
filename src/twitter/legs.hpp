// The three legs of a login, as coroutines.
#pragma once

#include "twitter/x_app.hpp"

#include <coauth/oauth1/credentials.hpp>
#include <coauth/twitter/client.hpp>

#include <boost/asio/awaitable.hpp>

#include <string>

namespace coauth::twitter {

/// As the members of `client` with the same names.
boost::asio::awaitable<oauth1::request_token> request_token(shared_app app, std::string callback, access_type access);
boost::asio::awaitable<oauth1::access_token> access_token(shared_app app, oauth1::request_token login, secret verifier);

/// `ask_again`: the page that always asks.
std::string login_page(
    const x_app& app, bool ask_again, const oauth1::request_token& login, const authorize_options& options);

} // namespace coauth::twitter
