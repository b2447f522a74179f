#include "login_server/site.hpp"

#include "login_server/client_address.hpp"
#include "login_server/metrics.hpp"

#include <coauth/coro/as_result.hpp>
#include <coauth/server/page.hpp>
#include <coauth/server/same_origin.hpp>
#include <coauth/store/memory_store.hpp>

#include <exception>
#include <new>
#include <utility>

namespace login_server {

namespace asio = boost::asio;
namespace server = coauth::server;

namespace {

// Between the token of a login and the visit that it begins the user has not left.
std::function<void(const coauth::session_event&)> expecting(std::shared_ptr<visitors> all, const site_options& options)
{
    return [all = std::move(all), clock = options.clock, next = options.session.on_event](
               const coauth::session_event& event) {
        try {
            if (event.what == coauth::session_event::kind::token_added)
                all->expect(event.user_id, clock->steady_now());
        } catch (const std::bad_alloc&) {
            // An event must not throw. The user may have left a moment too early then, and signs in again.
        }
        if (next)
            next(event);
    };
}

coauth::session_options options_of_session(const site_options& options, const std::string& origin,
    std::shared_ptr<coauth::store::login_store> logins, std::shared_ptr<coauth::store::token_store> tokens,
    std::shared_ptr<visitors> all)
{
    coauth::session_options out = options.session;
    out.on_event = expecting(std::move(all), options);
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
      address_cookie_("coauth_address", options_.origin.https),
      pages_(login_targets(client.options().endpoints.authorize_base)), client_(client.without_retry()),
      logins_(options_.session.logins
                  ? options_.session.logins
                  : coauth::store::memory_login_store(options_.session.login_limits, options_.clock)),
      tokens_(options_.session.tokens ? options_.session.tokens : coauth::store::memory_token_store()),
      session_(std::move(executor), client, options_of_session(options_, origin_, logins_, tokens_, visitors_)),
      begins_(options_.begins)
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

    response done;
    std::optional<std::string> problem;
    try {
        asio::awaitable<response> op = routed(*found, std::move(r));
        done = co_await std::move(op);
    } catch (const std::exception& e) {
        problem = e.what(); // what is expected of a route is a response; this is from a store that is not ours
    }
    if (problem) {
        log("request: " + *problem);
        done = pages_.told(message_for(coauth::error(coauth::errc::store_unavailable), step::finish));
    }
    co_await forget_tokens_of_expired();
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
    prove_address(r, page);
    return page;
}

// The button on this page is pressed within minutes, so a token is made anew in good time.
void site::prove_address(const request& r, response& page) const
{
    const auto age = age_of_address_token(r);
    if (age && *age < address_tokens_.lifetime() / 2)
        return;
    const std::string token = address_tokens_.issue(client_address(r, options_.proxy), now());
    page.headers.add("Set-Cookie", address_cookie_.set(token, address_tokens_.lifetime()));
}

std::optional<std::chrono::seconds> site::age_of_address_token(const request& r) const
{
    const auto token = address_cookie_.read(r);
    if (!token)
        return std::nullopt;
    return address_tokens_.age(*token, client_address(r, options_.proxy), now());
}

asio::awaitable<std::string> site::metrics(server::server_stats connections)
{
    site_numbers numbers;
    numbers.connections = connections;
    numbers.session = session_.stats();
    try {
        const auto pending = co_await logins_->count(coauth::store::browser_digest());
        numbers.pending = pending.living;
    } catch (const std::exception& e) {
        // The other numbers are wanted most when a store fails.
        log(std::string("metrics: ") + e.what());
    }
    numbers.visitors = visitors_->count();
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
    return visitors_->find(*id, now());
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

// A line that can't be written costs no response.
void site::log(const std::string& line) const noexcept
{
    try {
        if (options_.log)
            options_.log(line);
    } catch (...) {}
}

} // namespace login_server
