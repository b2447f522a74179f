#include "login_server/site.hpp"

#include "login_server/icon.hpp"

#include <coauth/server/page.hpp>

#include <exception>
#include <optional>
#include <utility>

namespace login_server {

namespace asio = boost::asio;
namespace server = coauth::server;
using coauth::site::notice;

namespace {

// With what this site needs of its logins.
site_options completed(site_options options, const std::shared_ptr<people>& all)
{
    auto& logins = options.logins;
    logins.after_login = "/profile";
    logins.after_login_title = "your profile";
    logins.provider_titles = {{"github", "GitHub"}, {"oidc", "OpenID"}};
    if (!logins.clock)
        logins.clock = coauth::system_clock();
    // Each login fills a profile in once more.
    logins.on_login = [all](const coauth::signed_in_user& user) { all->signed_in(user.key()); };
    return options;
}

server::response health_response()
{
    server::response out(200, "text/plain; charset=utf-8", "ok\n");
    out.headers.set("Cache-Control", "no-store");
    return out;
}

server::response icon_response()
{
    server::response out(200, "image/png", std::string(icon()));
    out.headers.set("Cache-Control", "public, max-age=86400");
    return out;
}

// As in the Allow header; empty for an address that is not the site's.
std::string_view methods_of(std::string_view path)
{
    if (path == "/profile")
        return "GET, HEAD, POST";
    return path == "/" || path == "/healthz" || path == "/favicon.ico" ? "GET, HEAD" : "";
}

bool is_reading(const server::request& r)
{
    return r.method == "GET" || r.method == "HEAD";
}

} // namespace

site::site(asio::any_io_executor executor, std::vector<std::shared_ptr<coauth::login_provider>> providers,
    site_options options)
    : options_(completed(std::move(options), people_)), origin_(options_.origin.url()),
      logins_(std::move(executor), origin_, std::move(providers), options_.logins)
{}

// A line that can't be written costs no response.
void site::log(const std::string& line) const noexcept
{
    try {
        if (options_.logins.log)
            options_.logins.log(line);
    } catch (...) {}
}

asio::awaitable<server::response> site::respond(request r)
{
    // Programs that watch the server ask it by its address.
    if (r.path() == "/healthz" && is_reading(r))
        co_return health_response();

    auto handled = co_await logins_.handle(r);
    if (handled)
        co_return *std::move(handled);
    std::optional<response> done;
    std::string problem;
    try {
        done = co_await respond_to_known(r);
    } catch (const std::exception& e) {
        problem = e.what(); // of a store that is not ours
    }
    if (!done) {
        log("request: " + problem);
        notice content = coauth::site::login_site::notice_of(coauth::error(coauth::errc::store_unavailable));
        done = co_await logins_.notice_page(std::move(r), std::move(content));
    }
    co_return *std::move(done);
}

asio::awaitable<server::response> site::respond_to_known(request r)
{
    const std::string_view methods = methods_of(r.path());
    if (methods.empty()) {
        notice missing(404, "There is nothing here", "Perhaps the address was mistyped.");
        response page = co_await logins_.notice_page(std::move(r), std::move(missing));
        co_return page;
    }
    const bool saves = r.method == "POST" && r.path() == "/profile";
    if (!saves && !is_reading(r)) {
        notice refused(405, "This can't be done here", "The address takes " + std::string(methods) + ".");
        response page = co_await logins_.notice_page(std::move(r), std::move(refused));
        page.headers.set("Allow", std::string(methods));
        co_return page;
    }
    if (r.path() == "/favicon.ico")
        co_return icon_response();
    if (saves) {
        response page = co_await save_profile(std::move(r));
        co_return page;
    }
    auto user = co_await logins_.user(r);
    if (user) {
        response page = co_await show_profile(*std::move(user), std::move(r));
        co_return page;
    }
    if (r.path() == "/profile")
        co_return server::redirect(origin_ + "/");
    co_return logins_.sign_in_page(r, front_page(logins_.buttons()));
}

} // namespace login_server
