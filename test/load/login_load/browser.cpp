#include "login_load/browser.hpp"

#include <utility>

namespace login_load {

namespace asio = boost::asio;

browser::browser(origin site, asio::ip::address_v4 address, provider_connections& provider, clock::duration patience)
    : site_(std::move(site)), address_(address), provider_(provider), patience_(patience)
{}

asio::awaitable<response> browser::send(request next)
{
    if (next.server == site_)
        return send_to_site(std::move(next));
    return provider_.exchange(std::move(next), patience_);
}

asio::awaitable<response> browser::send_to_site(request next)
{
    response result;
    next.cookies = cookies_.header();
    try {
        if (!connection_ || !connection_->usable())
            connection_ = co_await connect(site_, address_, nullptr, patience_);
        result = co_await connection_->exchange(std::move(next), patience_);
    } catch (const boost::system::system_error& e) {
        connection_.reset();
        result.kind = ending::refused;
        result.why = e.what();
    }
    for (const auto& each : result.cookies)
        cookies_.take(each);
    co_return result;
}

} // namespace login_load
