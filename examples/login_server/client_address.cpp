#include "login_server/client_address.hpp"

#include <boost/asio/ip/address.hpp>

#include <string_view>

namespace login_server {

std::string client_address(const coauth::server::request& r, const std::string& proxy)
{
    if (proxy.empty() || r.peer != proxy)
        return r.peer;
    std::string_view last;
    for (const auto& [name, value] : r.headers)
        if (coauth::http::same_field_name(name, "X-Forwarded-For"))
            last = value;
    if (const auto comma = last.rfind(','); comma != std::string_view::npos)
        last.remove_prefix(comma + 1);
    while (last.starts_with(' '))
        last.remove_prefix(1);
    boost::system::error_code failure;
    const auto address = boost::asio::ip::make_address(std::string(last), failure);
    return failure ? r.peer : address.to_string();
}

} // namespace login_server
