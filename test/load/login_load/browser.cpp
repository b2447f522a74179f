#include "login_crowd/browser.hpp"

#include <utility>

namespace login_crowd {

namespace asio = boost::asio;

browser::browser(origin site, asio::ip::address_v4 address, provider_door& door, clock::duration patience)
    : site_(std::move(site)), address_(address), door_(door), patience_(patience)
{}

asio::awaitable<answer> browser::send(request what)
{
    if (what.where == site_)
        return send_to_site(std::move(what));
    return door_.exchange(std::move(what), patience_);
}

asio::awaitable<answer> browser::send_to_site(request what)
{
    answer result;
    what.cookies = cookies_.header();
    try {
        if (!connection_ || !connection_->usable())
            connection_ = co_await connect(site_, address_, nullptr, patience_);
        result = co_await connection_->exchange(std::move(what), patience_);
    } catch (const boost::system::system_error& e) {
        connection_.reset();
        result.how = ending::refused;
        result.why = e.what();
    }
    for (const auto& each : result.cookies)
        cookies_.take(each);
    co_return result;
}

} // namespace login_crowd
