#include "sandbox/engine.hpp"

#include "sandbox/tools/broken_responses.hpp"
#include "sandbox/tools/masking.hpp"
#include "sandbox/world/avatars.hpp"
#include "sandbox/world/decimal.hpp"
#include "sandbox/world/seed.hpp"
#include "sandbox/x/api_v1_1.hpp"
#include "sandbox/x/api_v2.hpp"
#include "sandbox/x/dates.hpp"
#include "sandbox/x/error_bodies.hpp"

#include <coauth/http/date.hpp>
#include <coauth/oauth1/target.hpp>
#include <coauth/text/utf8.hpp>

#include <algorithm>
#include <utility>

namespace coauth::sandbox {

namespace {

[[noreturn]] void refuse_option(const std::string& why)
{
    throw error(errc::invalid_argument, why);
}

const options& checked(const options& o)
{
    constexpr std::size_t most_users = 1'000'000;
    if (o.users < 1 || o.users > most_users)
        refuse_option("users must be from 1 to " + std::to_string(most_users));
    if (o.request_token_ttl.count() < 1 || o.timestamp_window.count() < 1 || o.rate_window.count() < 1)
        refuse_option("the request token's lifetime, the timestamp window and the rate window must be at least 1 s");
    if (std::chrono::abs(o.clock_skew) > std::chrono::hours(24 * 365 * 10))
        refuse_option("the clock skew must be under ten years");
    return o;
}

app default_app(const options& o)
{
    // As strict as a client would be, so that the key shows up as wrong here and not at the first signature.
    const oauth1::consumer valid(o.consumer_key, secret(std::string_view(o.consumer_secret)));
    app a;
    a.key = valid.key();
    a.secret = valid.secret();
    a.name = "Sandbox App";
    return a;
}

oauth2_client default_client(const options& o, const std::string& id, client_authentication authentication)
{
    if (id.empty() || o.client_secret.empty() || o.client_id == o.public_client_id)
        refuse_option("client_id, client_secret and public_client_id must not be empty, and the ids must differ");
    oauth2_client client;
    client.id = id;
    client.authentication = authentication;
    if (!client.is_public())
        client.secret = secret(std::string_view(o.client_secret));
    client.name = client.is_public() ? "Sandbox Public App" : "Sandbox App";
    return client;
}

// "GET POST" with another separator.
std::string list_of(std::string_view methods, std::string_view separator)
{
    const auto space = methods.find(' ');
    return space == std::string_view::npos ? std::string(methods)
                                           : std::string(methods.substr(0, space)) + std::string(separator) +
                                                 list_of(methods.substr(space + 1), separator);
}

void add_bucket(http::fields& headers, const std::string& prefix, const std::optional<rate_bucket>& bucket)
{
    if (!bucket)
        return;
    headers.set(prefix + "-limit", std::to_string(bucket->limit));
    headers.set(prefix + "-remaining", std::to_string(bucket->remaining));
    headers.set(prefix + "-reset", std::to_string(bucket->reset.time_since_epoch().count()));
}

void add_limits(http::fields& headers, const rate_verdict& verdict)
{
    add_bucket(headers, "x-rate-limit", verdict.window);
    add_bucket(headers, "x-user-limit-24hour", verdict.user_day);
    add_bucket(headers, "x-app-limit-24hour", verdict.app_day);
}

// URLs of the sandbox are written or compared with: all but images, keys and the ends of tokens.
bool needs_base_url(const route& r)
{
    return r.id != endpoint::avatar && r.id != endpoint::oauth2_keys && r.id != endpoint::oauth2_revoke &&
           r.id != endpoint::github_revoke && r.id != endpoint::facebook_revoke;
}

bool is_base_url(std::string_view url)
{
    return oauth1::split_target(url) && url.find_first_of("/?#", std::string_view("https://").size()) == url.npos;
}

} // namespace

engine::engine(const options& o, random_source random)
    : mode_(o.mode), skew_(o.clock_skew), consumer_key_(o.consumer_key), client_id_(o.client_id),
      public_client_id_(o.public_client_id), random_(random), world_(checked(o).users),
      gatekeeper_(o.mode, o.timestamp_window), logins_(o.mode, o.request_token_ttl, o.auto_approve, random),
      oauth2_(o.mode, o.auto_approve, std::move(random)), windows_(o.rate_window)
{
    world_.add_app(default_app(o));
    world_.clients().add(default_client(o, o.client_id, client_authentication::any_secret));
    world_.clients().add(default_client(o, o.public_client_id, client_authentication::none));
    if (!o.seed.empty())
        apply_seed(o.seed, world_);
    if (o.auto_approve) {
        const auto p = world_.user_or_default(*o.auto_approve);
        if (!p || p->suspended)
            refuse_option(o.auto_approve->empty() ? "auto-approve needs a user, and all are suspended"
                                                  : "auto-approve names no user of the sandbox, or a suspended one");
    }
    for (const auto& [name, limit] : o.rate_limits) {
        const auto* r = route_named(name);
        if (!r)
            refuse_option("a rate limit is set for " + name + ", which is not a route of the sandbox");
        if (limit.per_user < 0 || limit.per_app < 0 || limit.per_user_day < 0 || limit.per_app_day < 0)
            refuse_option("a rate limit for " + name + " is negative");
        limits_[r] = limit;
    }
    if (!o.faults.empty())
        set_faults(o.faults);
}

outcome engine::handle(const server::request& r, std::chrono::sys_seconds machine_now)
{
    auto found = find_route(r.path());
    call c;
    c.http = &r;
    c.matched = found.matched;
    c.path_values = std::move(found.values);
    c.base_url = "https://" + std::string(r.headers.get("Host"));
    c.now = machine_now + skew_;

    journal_entry entry;
    entry.at = c.now;
    entry.method = cut_short(r.method);
    entry.target = masked_target(r.target);
    entry.host = cut_short(r.headers.get("Host"));
    entry.route = found.matched ? found.matched->pattern : std::string_view();

    outcome result;
    const auto fault = faults_.next(found.matched);
    result.response = fault ? afflicted(*fault, c, entry) : carry_out(c, entry);
    result.delay = fault ? fault->delay : std::chrono::milliseconds(0);

    entry.status = result.response.raw ? entry.status : result.response.status;
    entry.consumer_key = cut_short(c.consumer_key);
    entry.token = shortened(c.token);
    entry.oauth = masked(c.oauth);
    const auto* g = world_.find_grant(c.token);
    if (const auto p = world_.user_by_id(g ? g->user : c.user_id))
        entry.user = p->username;
    result.log_line = log_line(entry);
    journal_.record(std::move(entry));
    return result;
}

server::response engine::carry_out(call& c, journal_entry& entry)
{
    auto response = dispatch(c, entry);
    if (!response.headers.get("Content-Type").starts_with("image/"))
        response.body = text::as_utf8(response.body); // A text of the request's may be in it.
    response.headers.set("Date", http::write_date(c.now));
    response.headers.set("x-transaction-id", random_text(random_, 16));
    if (c.user)
        response.headers.set("x-access-level", c.user->may_write ? "read-write" : "read");
    if (c.matched && c.matched->kind != family::page && response.headers.get("Cache-Control").empty())
        response.headers.set("Cache-Control", "no-cache, no-store, must-revalidate");
    return response;
}

server::response engine::dispatch(call& c, journal_entry& entry)
{
    if (!c.matched) {
        entry.refused = "unknown_path";
        if (const auto nearest = nearest_route(c.http->path()); !nearest.empty())
            entry.explanation = "there is no such path; did you mean " + std::string(nearest) + '?';
        return refuse(c.http->path().starts_with("/2/") ? family::v2 : family::v1_1, 34);
    }
    if (needs_base_url(*c.matched) && !is_base_url(c.base_url)) {
        entry.refused = "no_host";
        entry.explanation = "URLs of the sandbox begin with the Host of the request, which is missing or malformed";
        return text_error(400, "The request needs a Host.");
    }
    if (c.matched->kind == family::oauth2) {
        refusal_note note;
        auto response = oauth2_.handle(c, world_, note);
        entry.refused = std::move(note.reason);
        entry.explanation = std::move(note.explanation);
        return response;
    }
    if (!allows(*c.matched, c.http->method, mode_)) {
        const auto methods = methods_in(*c.matched, mode_);
        entry.refused = "method_not_allowed";
        entry.explanation = allows(*c.matched, c.http->method, mode::x)
                                ? "strict mode requires POST here (RFC 5849, sections 2.1 and 2.3); mode x takes it"
                                : "this route takes " + list_of(methods, " or ");
        auto response = refuse(c.matched->kind, 86, 405, "This method requires a " + list_of(methods, " or ") + '.');
        response.headers.set("Allow", list_of(methods, ", "));
        return response;
    }
    auto admitted = gatekeeper_.admit(c, world_, logins_.pending(), oauth2_.issued());
    if (admitted.refusal) {
        entry.refused = admitted.refused;
        entry.explanation = admitted.explanation;
        entry.base_string = masked_base_string(admitted.base_string);
        return std::move(*admitted.refusal);
    }
    rate_verdict verdict;
    if (!c.consumer_key.empty())
        verdict = windows_.take(*c.matched, limit_of(*c.matched), c.consumer_key,
            c.user ? std::to_string(c.user->user) : std::string(), c.now);
    server::response response;
    if (!verdict.allowed) {
        entry.refused = "rate_limited";
        response = refuse(c.matched->kind, 88);
    } else if (c.matched->id == endpoint::index) {
        response = index_page(front_page(c.base_url));
    } else if (c.matched->id == endpoint::avatar) {
        response = avatar_response(c.path_values[0], c.path_values[1]);
    } else if (c.matched->kind == family::v1_1) {
        response = handle_v1_1(c, world_);
        if (c.matched->id == endpoint::invalidate_token)
            c.user = nullptr; // It is gone now.
    } else if (c.matched->kind == family::v2) {
        response = handle_v2(c, world_);
    } else {
        refusal_note note;
        response = logins_.handle(c, world_, note);
        entry.refused = std::move(note.reason);
        entry.explanation = std::move(note.explanation);
    }
    add_limits(response.headers, verdict);
    return response;
}

server::response engine::afflicted(const scripted_fault& fault, call& c, journal_entry& entry)
{
    switch (fault.action) {
    case fault_action::drop:
        entry.fault = "drop";
        return dropped();
    case fault_action::garbage:
        entry.fault = "garbage";
        return garbage();
    case fault_action::truncate: {
        entry.fault = "truncate";
        auto whole = fault.body || fault.status ? canned(fault, c) : carry_out(c, entry);
        add_headers(fault, whole);
        entry.status = whole.status;
        return truncated(whole);
    }
    case fault_action::none:
        break;
    }
    if (fault.status || fault.body) {
        entry.fault = "answer";
        auto response = canned(fault, c);
        response.headers.set("Date", http::write_date(c.now));
        add_headers(fault, response);
        return response;
    }
    entry.fault = fault.delay.count() > 0 ? "delay" : "headers";
    auto response = carry_out(c, entry);
    add_headers(fault, response);
    return response;
}

index_view engine::front_page(std::string_view base_url) const
{
    constexpr std::size_t shown = 10;
    index_view view;
    view.base_url = base_url;
    view.consumer_key = consumer_key_;
    view.client_id = client_id_;
    view.public_client_id = public_client_id_;
    view.control_url = control_url_;
    view.mode = mode_ == mode::strict ? "strict" : "x";
    view.refusals = journal_.last_refusals(shown);
    return view;
}

route_limit engine::limit_of(const route& r) const
{
    const auto set = limits_.find(&r);
    return set == limits_.end() ? r.limit : set->second;
}

oauth1::access_token engine::issue_access_token(std::string_view username)
{
    const auto p = world_.user_by_username(username);
    if (!p)
        throw error(errc::not_found, "the sandbox has no user of that name");
    const auto& g = logins_.grant_for(world_, consumer_key_, p->id, true);
    oauth1::parameters extra;
    extra.emplace_back("user_id", std::to_string(p->id));
    extra.emplace_back("screen_name", p->username);
    return oauth1::access_token(g.token, g.secret, std::move(extra));
}

void engine::reset()
{
    journal_.clear();
    windows_.clear();
    faults_.set({});
    logins_.clear();
    oauth2_.clear();
}

std::size_t engine::expire_tokens(std::string_view user, std::chrono::sys_seconds machine_now)
{
    auto found = world_.user_by_username(user);
    if (const auto id = found ? std::nullopt : parse_decimal<std::uint64_t>(user))
        found = world_.user_by_id(*id);
    if (!found)
        throw error(errc::not_found, "the sandbox has no user of that name or id");
    return oauth2_.expire_tokens_of(found->id, machine_now + skew_);
}

void engine::set_clock_skew(std::chrono::seconds skew)
{
    if (std::chrono::abs(skew) > std::chrono::hours(24 * 365 * 10))
        refuse_option("the clock skew must be under ten years");
    skew_ = skew;
}

} // namespace coauth::sandbox
