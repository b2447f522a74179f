// One person's browser.
#pragma once

#include "login_crowd/cookie_jar.hpp"
#include "login_crowd/provider_door.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/address_v4.hpp>

#include <memory>

namespace login_crowd {

/// Has an address, cookies of the site, and one kept-alive connection to it. Follows no redirect by
/// itself, and sends nothing twice.
class browser {
public:
    browser(origin site, boost::asio::ip::address_v4 address, provider_door& door, clock::duration patience);

    /// Sends it to the site or through the provider's door.
    boost::asio::awaitable<answer> send(request what);

private:
    boost::asio::awaitable<answer> send_to_site(request what);

    origin site_;
    boost::asio::ip::address_v4 address_;
    provider_door& door_;
    clock::duration patience_;
    cookie_jar cookies_;
    std::unique_ptr<connection> connection_;
};

} // namespace login_crowd
