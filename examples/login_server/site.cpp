#include "login_server/site.hpp"

#include "login_server/client_address.hpp"
#include "login_server/metrics.hpp"

#include <coauth/coro/as_result.hpp>
#include <coauth/server/page.hpp>
#include <coauth/server/same_origin.hpp>
#include <coauth/store/memory_store.hpp>

#include <utility>

namespace login_server {

namespace asio = boost::asio;
namespace server = coauth::server;

namespace {

coauth::session_options options_of_session(const site_options& options, const std::string& origin,
    std::shared_ptr<coauth::store::login_store> logins, std::shared_ptr<coauth::store::token_store> tokens)
{
    coauth::session_options out = options.session;
    out.callback = origin + "/callback";
    out.logins = std::move(logins);
    out.tokens = std::move(tokens);
    out.clock = options.clock;
    return out;
}

// A browser holds the redirects after a form against the page's list, too, and the provider may send
// people through other hosts of its own.
std::string login_targets(const std::string& authorize_base)
{
    const auto base = coauth::http::parse_base_url(authorize_base).value();
    return base.origin.https ? "'self' https:" : "'self' " + base.origin.url();
}

server::address_limit_options limit_of(const server::bucket_size& size)
{
    server::address_limit_options out;
    out.burst = size.burst;
    out.refill = size.refill;
    return out;
}

server::response plain(int status, std::string text)
{
    server::response out(status, "text/plain; charset=utf-8", std::move(text));
    out.headers.set("Cache-Control", "no-store");
    return out;
}

} // namespace

site::site(asio::any_io_executor executor, const coauth::twitter::client& client, site_options options)
    : options_(std::move(options)), origin_(options_.origin.url()),
      login_cookie_("coauth_login", options_.origin.https), session_cookie_("coauth_session", options_.origin.https),
      pages_(login_targets(client.options().endpoints.authorize_base)), client_(client.without_retry()),
      logins_(coauth::store::memory_login_store(options_.session.login_limits, options_.clock)),
      tokens_(options_.session.tokens ? options_.session.tokens : coauth::store::memory_token_store()),
      session_(std::move(executor), client, options_of_session(options_, origin_, logins_, tokens_)),
      begins_of_address_(limit_of(options_.begins_of_address))
{}

asio::awaitable<server::response> site::answer(request r)
{
    const auto found = find_route(r.path());
    // Whoever watches the server asks it by its address.
    if (found && found->what == route::health && takes(route::health, r.method))
        co_return plain(200, "ok\n");

    // The cookies, the callback and the check of origin hold for one host.
    if (r.headers.get("Host") != options_.origin.authority()) {
        if (r.method == "GET" || r.method == "HEAD")
            co_return server::redirect(origin_ + "/");
        co_return pages_.told({421, "This site is elsewhere", "Its address is " + origin_ + "."});
    }
    if (!found)
        co_return told(r, {404, "There is nothing here", "Perhaps the address was mistyped."});
    if (!takes(found->what, r.method)) {
        response refused = told(
            r, {405, "This can't be done here", "The address takes " + std::string(methods_of(found->what)) + "."});
        refused.headers.set("Allow", std::string(methods_of(found->what)));
        co_return refused;
    }
    if (r.method == "POST" && !server::came_from_same_origin(r, origin_))
        co_return told(
            r, {403, "This came from another site", "Nothing was done. If you want it, press the button here."});

    asio::awaitable<response> op = routed(*found, std::move(r));
    response done = co_await std::move(op);
    co_return done;
}

asio::awaitable<server::response> site::routed(route_match where, request r)
{
    switch (where.what) {
    case route::login:
        return begin_login(std::move(r));
    case route::callback:
        return finish_login(std::move(r));
    case route::waiting:
        return wait_for_login(std::move(where.id), std::move(r));
    case route::logout:
        return sign_out(std::move(r));
    case route::profile:
        if (r.method == "POST")
            return save_profile(std::move(r));
        return show_profile(std::move(r));
    case route::home:
    case route::health:
        break;
    }
    return show_home(std::move(r));
}

asio::awaitable<server::response> site::show_home(request r)
{
    if (!visitor_of(r))
        co_return home(r);
    response profile = co_await show_profile(std::move(r));
    co_return profile;
}

server::response site::home(const request& r) const
{
    response page = pages_.home();
    // Already here and not only at the button: two tabs whose buttons are pressed at once are one browser.
    const auto held = login_cookie_.read(r);
    if (!held || coauth::browser_binding(*held).empty())
        page.headers.add("Set-Cookie", set_login_cookie(coauth::browser_binding::random()));
    return page;
}

asio::awaitable<std::string> site::metrics(server::server_stats connections)
{
    const auto pending = co_await logins_->count(coauth::store::browser_digest());
    site_numbers numbers;
    numbers.connections = connections;
    numbers.session = session_.stats();
    numbers.pending = pending.living;
    numbers.visitors = visitors_.count();
    numbers.refused_by_address = refused_by_address_;
    numbers.refused_by_site = refused_by_site_;
    co_return metrics_text(numbers);
}

asio::awaitable<void> site::close()
{
    co_await session_.close();
}

std::string site::set_login_cookie(const coauth::browser_binding& binding) const
{
    const auto keep = std::chrono::duration_cast<std::chrono::seconds>(logins_->limits().time_to_live);
    return login_cookie_.set(binding.reveal(), keep);
}

std::optional<coauth::signed_in_user> site::visitor_of(const request& r) const
{
    const auto id = session_cookie_.read(r);
    if (!id)
        return std::nullopt;
    return visitors_.find(*id, now());
}

server::response site::told(const request& r, const message& what) const
{
    return visitor_of(r) ? pages_.told_while_signed_in(what) : pages_.told(what);
}

server::response site::trouble(const request& r, const coauth::error& why, step where)
{
    const message what = message_for(why, where);
    // What a stranger made up is no news to whoever runs the site.
    if (what.status >= 500)
        log(std::string(where == step::begin ? "leg 1" : "leg 3") + ": " + why.what());
    return told(r, what);
}

void site::log(const std::string& line) const
{
    if (options_.log)
        options_.log(line);
}

} // namespace login_server
