#include <coauth/server/listen_address.hpp>

#include <boost/asio/ip/address.hpp>

#include <charconv>
#include <optional>

namespace coauth::server {

namespace asio = boost::asio;

namespace {

std::optional<asio::ip::address> ip_address(const std::string& text) noexcept
{
    boost::system::error_code failure;
    const auto address = asio::ip::make_address(text, failure);
    return failure ? std::nullopt : std::optional(address);
}

} // namespace

result<listen_address> listen_address::parse(std::string_view text)
{
    const auto refused =
        error(errc::invalid_argument, "not an address to listen on: " + std::string(text.substr(0, 80)))
            .with_hint("write an IP address and a port, such as 127.0.0.1:8080 or [::1]:0");
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos)
        return refused;
    const auto digits = text.substr(colon + 1);
    listen_address out;
    const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), out.port);
    if (digits.empty() || failure != std::errc() || end != digits.data() + digits.size())
        return refused;
    auto host = text.substr(0, colon);
    const bool brackets = host.size() > 2 && host.front() == '[' && host.back() == ']';
    if (brackets)
        host = host.substr(1, host.size() - 2);
    out.address = std::string(host);
    const auto address = ip_address(out.address);
    if (!address || address->is_v6() != brackets)
        return refused;
    return out;
}

bool listen_address::is_loopback() const noexcept
{
    const auto read = ip_address(address);
    return read && read->is_loopback();
}

} // namespace coauth::server
