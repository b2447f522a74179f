#include "login_server/site.hpp"

#include "login_server/icon.hpp"
#include "login_server/metrics.hpp"

#include <coauth/coro/as_result.hpp>
#include <coauth/server/forwarded.hpp>
#include <coauth/server/page.hpp>
#include <coauth/server/prefetch.hpp>
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
            if (event.kind == coauth::session_event_kind::token_added)
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

constexpr std::size_t longest_shown_host = 100;

bool is_reading(const server::request& r)
{
    return r.method == "GET" || r.method == "HEAD";
}

server::response icon_response()
{
    server::response out(200, "image/png", std::string(icon()));
    out.headers.set("Cache-Control", "public, max-age=86400");
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
    : options_(std::move(options)), log_(options_.log), origin_(options_.origin.url()),
      login_cookie_("coauth_login", options_.origin.https), session_cookie_("coauth_session", options_.origin.https),
      address_cookie_("coauth_address", options_.origin.https),
      pages_(login_targets(client.options().endpoints.authorize_base),
          options_.name.empty() ? options_.origin.host : options_.name),
      client_(client), logins_(options_.session.logins
                                   ? options_.session.logins
                                   : coauth::store::memory_login_store(options_.session.login_limits, options_.clock)),
      tokens_(options_.session.tokens ? options_.session.tokens : coauth::store::memory_token_store()),
      session_(std::move(executor), coauth::twitter::provider(client),
          options_of_session(options_, origin_, logins_, tokens_, visitors_)),
      begins_(options_.begins)
{}

asio::awaitable<server::response> site::answer(request r)
{
    const auto found = find_route(r.path());
    // Whoever watches the server asks it by its address.
    if (found && found->what == route::health && takes(route::health, r.method))
        co_return plain(200, "ok\n");

    if (auto refused = refused_by_host(r))
        co_return std::move(*refused);
    if (!found)
        co_return told(r, {404, "There is nothing here", "Perhaps the address was mistyped."});
    if (!takes(found->what, r.method)) {
        // A user who types or reloads the address of a form wants the page that has it.
        if (is_reading(r) && !takes(found->what, "GET"))
            co_return server::redirect(origin_ + "/");
        response refused = told(
            r, {405, "This can't be done here", "The address takes " + std::string(methods_of(found->what)) + "."});
        refused.headers.set("Allow", std::string(methods_of(found->what)));
        co_return refused;
    }
    if (found->what == route::icon)
        co_return icon_response();
    if (r.method == "POST" && !server::came_from_same_origin(r, origin_))
        co_return refused_by_origin(r);
    // A browser that fetches ahead would use the login up.
    if (found->what == route::callback && server::is_prefetch(r))
        co_return server::refuse_prefetch();

    response done;
    std::optional<std::string> problem;
    try {
        asio::awaitable<response> op = routed(*found, std::move(r));
        done = co_await std::move(op);
    } catch (const std::exception& e) {
        problem = e.what(); // what is expected of a route is a response; this is from a store that is not ours
    }
    if (problem) {
        log_.write("request: " + *problem);
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
    case route::icon:
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
    const std::string token = address_tokens_.issue(address_of(r), now());
    page.headers.add("Set-Cookie", address_cookie_.set(token, address_tokens_.lifetime()));
}

std::optional<std::chrono::seconds> site::age_of_address_token(const request& r) const
{
    const auto token = address_cookie_.read(r);
    if (!token)
        return std::nullopt;
    return address_tokens_.age(*token, address_of(r), now());
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
        log_.write(std::string("metrics: ") + e.what());
    }
    numbers.visitors = visitors_->count();
    numbers.refused_by_address = refused_by_address_;
    numbers.refused_by_site = refused_by_site_;
    numbers.begins = begun_.times();
    numbers.ends = ended_.times();
    numbers.begin_failures = begun_.failures();
    numbers.end_failures = ended_.failures();
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
    if (visitor_of(r))
        return pages_.told_while_signed_in(what);
    response page = pages_.told(what);
    prove_address(r, page); // this page has a button, too
    return page;
}

// The cookies, the callback and the check of origin hold for one host.
std::optional<server::response> site::refused_by_host(const request& r) const
{
    const std::string_view host = r.headers.get("Host");
    if (options_.origin.is_named_by(host))
        return std::nullopt;
    log_.write_repeated(site_log::repeated::foreign_host,
        "request: its Host is \"" + std::string(host.substr(0, longest_shown_host)) + "\" and not this site's, " +
            options_.origin.authority() + "; if a proxy sends it, let the proxy pass the browser's Host on",
        now());
    if (is_reading(r))
        return server::redirect(origin_ + "/");
    return pages_.told({421, "This site is elsewhere", "Its address is " + origin_ + "."});
}

server::response site::refused_by_origin(const request& r) const
{
    if (!server::hides_origin(r))
        return told(
            r, {403, "This came from another site", "Nothing was done. If you want it, press the button here."});
    return pages_.explained({403, "This browser does not say where the form came from",
        "Nothing was done, since it could have come from another site. Older browsers are like that (Safari before "
        "16.4, say), and so are some that hide what they send.",
        "Please use a newer browser, or one without such an extension."});
}

std::string site::address_of(const request& r) const
{
    if (options_.proxy.empty() || r.peer != options_.proxy)
        return r.peer;
    auto client = server::forwarded_client(r);
    if (client)
        return *std::move(client);
    log_.write_repeated(site_log::repeated::unknown_client,
        std::string("proxy: ") + client.error().what() +
            "; until then such clients share the limits of the proxy's address",
        now());
    return r.peer;
}

void site::log_login(const request& r, std::string outcome, std::string cause, std::string user_id) const
{
    login_line line;
    line.time = std::chrono::floor<std::chrono::seconds>(options_.clock->now());
    line.outcome = std::move(outcome);
    line.cause = std::move(cause);
    line.user_id = std::move(user_id);
    line.address = address_of(r);
    log_.write(text_of(line));
}

server::response site::trouble(const request& r, const coauth::error& why, step where)
{
    const message what = message_for(why, where);
    // What a stranger made up is no news to whoever runs the site.
    if (what.status >= 500)
        log_.write(std::string(where == step::begin ? "leg 1" : "leg 3") + ": " + why.what());
    return told(r, what);
}

} // namespace login_server
