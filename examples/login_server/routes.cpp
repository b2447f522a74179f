#include "login_server/routes.hpp"

#include <array>

namespace login_server {

namespace {

struct row {
    route what;
    std::string_view path;
    std::string_view methods;
};

// HEAD is what previews of links send: it must neither finish a login nor wait for one.
constexpr std::array<row, 8> rows{
    row{route::home, "/", "GET, HEAD"},
    row{route::login, "/login", "POST"},
    row{route::callback, "/callback", "GET"},
    row{route::waiting, "/waiting/", "GET"},
    row{route::profile, "/profile", "GET, HEAD, POST"},
    row{route::logout, "/logout", "POST"},
    row{route::health, "/healthz", "GET, HEAD"},
    row{route::icon, "/favicon.ico", "GET, HEAD"},
};

} // namespace

std::optional<route_match> find_route(std::string_view path)
{
    for (const auto& each : rows) {
        if (path == each.path && each.what != route::waiting)
            return route_match(each.what, {});
        if (each.what == route::waiting && path.starts_with(each.path))
            return route_match(each.what, path.substr(each.path.size()));
    }
    return std::nullopt;
}

std::string_view methods_of(route what)
{
    for (const auto& each : rows)
        if (each.what == what)
            return each.methods;
    return {};
}

bool takes(route what, std::string_view method)
{
    std::string_view rest = methods_of(what);
    while (!rest.empty()) {
        const auto end = rest.find(", ");
        if (rest.substr(0, end) == method)
            return true;
        rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 2);
    }
    return false;
}

} // namespace login_server
