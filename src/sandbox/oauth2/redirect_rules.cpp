#include "sandbox/oauth2/redirect_rules.hpp"

#include "sandbox/oauth2/parameters.hpp"
#include "sandbox/tools/masking.hpp"

#include <coauth/oauth1/target.hpp>
#include <coauth/text/ascii.hpp>

#include <boost/url/parse.hpp>

#include <algorithm>

namespace coauth::sandbox {

namespace {

constexpr std::size_t longest_redirect_uri = 1024;

std::string redirect_scheme(std::string_view uri)
{
    return text::lowered(uri.substr(0, uri.find(':')));
}

// The URI without its port, if that may vary: an http URL on loopback.
std::optional<std::string> without_loopback_port(std::string_view uri)
{
    const auto parts = oauth1::split_target(uri);
    if (!parts || parts->https || !oauth1::is_loopback_host(parts->host))
        return std::nullopt;
    // From the host's end to the path: ":" and digits, or nothing.
    const auto host_end = static_cast<std::size_t>(parts->host.data() - uri.data()) + parts->host.size();
    const auto rest = uri.find_first_of("/?", host_end);
    return std::string(uri.substr(0, host_end)) + (rest == uri.npos ? std::string() : std::string(uri.substr(rest)));
}

// Says how close the nearest registered URI is: that is what an operator looks for.
std::string difference_to(std::string_view uri, const std::vector<std::string>& registered)
{
    if (registered.empty())
        return "the client has no registered redirect URI";
    for (const auto& candidate : registered) {
        if (text::equal_ignoring_case(candidate, uri))
            return "it differs in the case of a letter from the registered " + printable(candidate);
        if (candidate + '/' == uri || candidate == std::string(uri) + '/')
            return "it differs by a slash at its end from the registered " + printable(candidate);
        if (uri.substr(0, uri.find('?')) == candidate)
            return "it has a query that the registered " + printable(candidate) + " does not have";
        if (uri.starts_with(candidate))
            return "it only begins like the registered " + printable(candidate);
    }
    return "registered is " + printable(registered.front()) +
           (registered.size() == 1 ? std::string() : " and " + std::to_string(registered.size() - 1) + " more");
}

} // namespace

bool is_redirect_uri(std::string_view uri)
{
    if (uri.empty() || uri.size() > longest_redirect_uri || uri.find('#') != uri.npos || uri.find('\\') != uri.npos)
        return false;
    const auto scheme = redirect_scheme(uri);
    if (scheme == "http" || scheme == "https") {
        const auto parts = oauth1::split_target(uri);
        return parts && (parts->https || oauth1::is_loopback_host(parts->host));
    }
    // Schemes without a dot are the browser's own: javascript, data, file (RFC 8252, section 7.1).
    const auto parsed = boost::urls::parse_uri({uri.data(), uri.size()});
    return parsed && !parsed->has_userinfo() && scheme.find('.') != scheme.npos;
}

std::optional<std::string> redirect_refusal(
    std::string_view uri, const std::optional<std::vector<std::string>>& registered)
{
    if (!is_redirect_uri(uri))
        return "the redirect_uri " + printable(masked_url(uri)) +
               " must be an absolute https URL, an http URL on loopback, or a URI of an app's scheme such as "
               "com.example.app:/callback; without fragment and user information";
    if (!registered || std::find(registered->begin(), registered->end(), uri) != registered->end())
        return std::nullopt;
    if (const auto portless = without_loopback_port(uri))
        for (const auto& candidate : *registered)
            if (without_loopback_port(candidate) == portless)
                return std::nullopt;
    return "the redirect_uri " + printable(masked_url(uri)) +
           " is not registered, and it must match character by character: " + difference_to(uri, *registered);
}

} // namespace coauth::sandbox
