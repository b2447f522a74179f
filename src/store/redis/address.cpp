#include "text/environment_variable.hpp"

#include <coauth/store/redis_store.hpp>

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include <charconv>

namespace coauth::store {

namespace {

error bad_address(std::string reason)
{
    return error(errc::invalid_argument, "the address of the Redis " + std::move(reason))
        .with_hint("redis://HOST[:PORT][/DATABASE], or redis+unix:PATH; user and password come from "
                   "COAUTH_REDIS_USER and COAUTH_REDIS_PASSWORD");
}

result<redis_options> read_host(std::string_view address)
{
    const auto parsed = boost::urls::parse_uri(address);
    if (!parsed)
        return bad_address("is no URL");
    const auto& url = *parsed;
    if (url.has_userinfo())
        return bad_address("has a user or a password in it, which others could read");
    if (url.has_query() || url.has_fragment())
        return bad_address("has a query or a fragment");
    redis_options out;
    out.host = url.host_address();
    if (out.host.empty())
        return bad_address("has no host");
    constexpr std::uint16_t usual_port = 6379;
    if (url.has_port() && !url.port().empty() && url.port_number() == 0)
        return bad_address("has a port that is none");
    out.port = url.port_number() == 0 ? usual_port : url.port_number();
    std::string_view path(url.encoded_path());
    if (path.empty() || path == "/")
        return out;
    path.remove_prefix(1);
    const auto [end, failed] = std::from_chars(path.data(), path.data() + path.size(), out.database);
    constexpr unsigned most_databases = 65'536;
    if (failed != std::errc() || end != path.data() + path.size() || out.database >= most_databases)
        return bad_address("has something other than a database's number behind the host");
    return out;
}

} // namespace

result<redis_options> redis_from_address(std::string_view address)
{
    constexpr std::string_view socket_scheme = "redis+unix:";
    constexpr std::string_view host_scheme = "redis://";
    redis_options out;
    if (address.starts_with(socket_scheme)) {
        out.socket = address.substr(socket_scheme.size());
        constexpr std::size_t longest_path = 107; // of sockaddr_un
        if (out.socket.empty() || out.socket.size() > longest_path || out.socket.find('\0') != std::string::npos)
            return bad_address("has no path of a socket, of 1 to 107 octets");
    } else if (address.starts_with(host_scheme)) {
        auto read = read_host(address);
        if (!read)
            return read;
        out = std::move(*read);
    } else {
        return bad_address("begins with neither redis:// nor redis+unix:");
    }
    out.user = text::environment_variable("COAUTH_REDIS_USER");
    out.password = secret(text::environment_variable("COAUTH_REDIS_PASSWORD"));
    return out;
}

} // namespace coauth::store
