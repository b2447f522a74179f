#include "site/login_routes.hpp"

#include <algorithm>

namespace coauth::site {

namespace {

// The index of the provider whose part of an address follows `prefix`.
std::optional<std::size_t> provider_at(
    std::string_view path, std::string_view prefix, const std::vector<std::string>& providers)
{
    if (path == prefix)
        return 0;
    if (!path.starts_with(prefix) || path[prefix.size()] != '/')
        return std::nullopt;
    const auto found = std::find(providers.begin(), providers.end(), path.substr(prefix.size() + 1));
    if (found == providers.end())
        return std::nullopt;
    return static_cast<std::size_t>(found - providers.begin());
}

} // namespace

std::optional<login_route_match> find_login_route(std::string_view path, const std::vector<std::string>& providers)
{
    constexpr std::string_view waiting = "/waiting/";
    if (path == "/logout")
        return login_route_match(login_route::logout);
    if (path.starts_with(waiting)) {
        login_route_match match(login_route::waiting);
        match.id = path.substr(waiting.size());
        return match;
    }
    for (const auto& [route, prefix] :
        {std::pair(login_route::login, "/login"), std::pair(login_route::callback, "/callback")})
        if (const auto provider = provider_at(path, prefix, providers)) {
            login_route_match match(route);
            match.provider = *provider;
            return match;
        }
    return std::nullopt;
}

std::string_view method_of(login_route route) noexcept
{
    return route == login_route::login || route == login_route::logout ? "POST" : "GET";
}

} // namespace coauth::site
