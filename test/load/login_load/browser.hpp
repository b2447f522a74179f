// One user's browser.
#pragma once

#include "login_load/cookie_jar.hpp"
#include "login_load/provider_connections.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/address_v4.hpp>

#include <memory>

namespace login_load {

/// Has an address, cookies of the site, and one kept-alive connection to it. Follows no redirect by
/// itself, and sends nothing twice.
class browser {
public:
    browser(origin site, boost::asio::ip::address_v4 address, provider_connections& provider, clock::duration patience);

    /// Sends it to the site or to the provider.
    boost::asio::awaitable<response> send(request next);

private:
    boost::asio::awaitable<response> send_to_site(request next);

    origin site_;
    boost::asio::ip::address_v4 address_;
    provider_connections& provider_;
    clock::duration patience_;
    cookie_jar cookies_;
    std::unique_ptr<connection> connection_;
};

} // namespace login_load
