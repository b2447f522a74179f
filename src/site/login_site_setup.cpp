#include "site/login_site_state.hpp"

#include <coauth/site/return_path.hpp>
#include <coauth/store/memory_store.hpp>
#include <coauth/text/ascii.hpp>

#include <boost/asio/ip/address.hpp>

#include <algorithm>
#include <new>
#include <utility>

namespace coauth::site {

namespace asio = boost::asio;

namespace {

void need(bool good, const std::string& problem)
{
    if (!good)
        throw error(errc::invalid_argument, "login_site: " + problem);
}

http::origin origin_of(std::string_view url)
{
    const auto base = http::parse_base_url(url).value();
    need(base.path.empty(), "the origin has a path, and its cookies hold for the whole host");
    return base.origin;
}

// Part of addresses, of the log and of keys.
bool is_name(std::string_view name)
{
    const auto may_stand = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    };
    return !name.empty() && name.size() <= 32 && std::all_of(name.begin(), name.end(), may_stand);
}

login_site_options checked(login_site_options options)
{
    need(options.patience.count() > 0, "patience is not positive");
    need(options.longest_poll.count() > 0, "longest_poll is not positive");
    need(return_path::parse(options.after_login).has_value(), "after_login is not a path of the site");
    if (!options.proxy.empty()) {
        boost::system::error_code failure;
        const auto address = asio::ip::make_address(options.proxy, failure);
        need(!failure, "proxy is not an IP address");
        options.proxy = address.to_string();
    }
    if (!options.clock)
        options.clock = system_clock();
    if (!options.session.logins)
        options.session.logins = store::memory_login_store(options.session.login_limits, options.clock);
    if (!options.session.tokens)
        options.session.tokens = store::memory_token_store(options.clock);
    if (!options.visitors)
        options.visitors = store::memory_visitor_store(store::visitor_limits(), options.clock);
    return options;
}

// Between the token of a login and the visit that it begins the user has not left.
std::function<void(const session_event&)> expecting(
    std::shared_ptr<departures> expected, const login_site_options& options, std::string provider)
{
    return [expected = std::move(expected), clock = options.clock, next = options.session.on_event,
               provider = std::move(provider)](const session_event& event) {
        try {
            if (event.kind == session_event_kind::token_added)
                expected->expect(user_key(provider, event.user_id), clock->steady_now());
        } catch (const std::bad_alloc&) {
            // An event must not throw. The user may have left a moment too early then, and signs in again.
        }
        if (next)
            next(event);
    };
}

std::string capitalized(std::string name)
{
    name.front() = text::upper(name.front());
    return name;
}

} // namespace

std::vector<login_site::state::app> login_site::state::apps_of(asio::any_io_executor executor,
    std::vector<std::shared_ptr<login_provider>> providers, const login_site_options& options,
    const std::string& origin, const std::shared_ptr<departures>& expected)
{
    need(!providers.empty(), "providers is empty");
    std::vector<app> apps;
    for (auto& provider : providers) {
        need(provider != nullptr, "a provider is null");
        app& added = apps.emplace_back();
        added.name = provider->name();
        need(is_name(added.name), "a provider's name is not 1 to 32 of a-z, 0-9, _ and -");
        for (const app& other : apps)
            need(&other == &added || other.name != added.name, "two providers have the name " + added.name);
        session_options of_session = options.session;
        of_session.clock = options.clock;
        of_session.callback = origin + "/callback" + (apps.size() == 1 ? "" : '/' + added.name);
        of_session.on_event = expecting(expected, options, added.name);
        added.provider = std::move(provider);
        added.session = std::make_unique<coauth::session>(executor, added.provider, std::move(of_session));
    }
    return apps;
}

std::vector<std::string> login_site::state::names_of(const std::vector<app>& apps)
{
    std::vector<std::string> names;
    for (const app& each : apps)
        names.push_back(each.name);
    return names;
}

login_pages::settings login_site::state::settings_of_pages() const
{
    login_pages::settings out;
    out.site_name = options_.name.empty() ? origin_.host : options_.name;
    for (const std::string& name : names_) {
        const auto title = options_.provider_titles.find(name);
        out.providers.emplace_back(name, title == options_.provider_titles.end() ? capitalized(name) : title->second);
    }
    out.form_targets = "'self' " + options_.login_pages;
    out.after_login = options_.after_login;
    out.after_login_title = options_.after_login_title;
    return out;
}

login_site::state::state(asio::any_io_executor executor, std::string_view origin,
    std::vector<std::shared_ptr<login_provider>> providers, login_site_options options)
    : options_(checked(std::move(options))), origin_(origin_of(origin)), url_(origin_.url()), log_(options_.log),
      login_cookie_("coauth_login", origin_.https), session_cookie_("coauth_session", origin_.https),
      address_cookie_("coauth_address", origin_.https),
      apps_(apps_of(std::move(executor), std::move(providers), options_, url_, departures_)), names_(names_of(apps_)),
      pages_(settings_of_pages()), visits_(options_.visitors, departures_, options_.clock), begins_(options_.begins)
{}

} // namespace coauth::site
