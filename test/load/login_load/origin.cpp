#include "login_load/origin.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include <stdexcept>

namespace login_load {

namespace asio = boost::asio;
namespace urls = boost::urls;

std::string origin::authority() const
{
    return host + ':' + std::to_string(port);
}

std::string origin::text() const
{
    return (https ? "https://" : "http://") + authority();
}

asio::ip::tcp::endpoint origin::endpoint() const
{
    const auto address = host == "localhost" ? asio::ip::address_v4::loopback() : asio::ip::make_address_v4(host);
    return asio::ip::tcp::endpoint(address, port);
}

location read_location(std::string_view url, const origin& base)
{
    location read;
    if (url.starts_with('/') && !url.starts_with("//")) {
        read.server = base;
        read.target = std::string(url);
        return read;
    }
    const auto parsed = urls::parse_uri(urls::string_view(url.data(), url.size()));
    if (!parsed || (parsed->scheme() != "http" && parsed->scheme() != "https"))
        throw std::invalid_argument("no URL of a server: " + std::string(url));
    read.server.https = parsed->scheme() == "https";
    read.server.host = parsed->host();
    read.server.port = parsed->has_port() ? parsed->port_number() : read.server.https ? 443 : 80;
    read.server.endpoint(); // throws if it is not on this machine
    read.target = std::string(parsed->encoded_path().data(), parsed->encoded_path().size());
    if (read.target.empty())
        read.target.assign(1, '/');
    if (parsed->has_query())
        read.target += '?' + std::string(parsed->encoded_query().data(), parsed->encoded_query().size());
    return read;
}

asio::ip::address_v4 source_address(network kind, std::size_t n)
{
    constexpr std::size_t in_a_row = 250; // of 256: without .0 and .255, which look like something else
    const auto third = static_cast<unsigned char>(n / in_a_row % in_a_row);
    const auto last = static_cast<unsigned char>(n % in_a_row + 1);
    asio::ip::address_v4::bytes_type bytes;
    bytes[0] = 127;
    bytes[1] = static_cast<unsigned char>(kind);
    bytes[2] = third;
    bytes[3] = last;
    return asio::ip::address_v4(bytes);
}

} // namespace login_load
