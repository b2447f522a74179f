#include "sandbox/oauth1/login_endpoints.hpp"

#include "sandbox/browser.hpp"
#include "sandbox/oauth1/callback_rules.hpp"
#include "sandbox/pages.hpp"
#include "sandbox/x/error_bodies.hpp"

#include <coauth/server/page.hpp>
#include <coauth/server/prefetch.hpp>
#include <coauth/server/same_origin.hpp>

#include <boost/json/object.hpp>

#include <utility>

namespace coauth::sandbox {

namespace json = boost::json;

namespace {

constexpr std::size_t access_token_size = 40;
constexpr std::size_t access_secret_size = 45;
constexpr std::size_t bearer_size = 80;
constexpr std::size_t users_suggested = 20;

// A protocol parameter, wherever it travelled.
const std::string* protocol_parameter(const call& c, std::string_view name)
{
    const auto* found = oauth1::find(c.oauth, name);
    return found ? found : oauth1::find(c.parameters, name);
}

void explain(refusal_note& note, std::string_view reason, std::string_view explanation)
{
    note.reason = reason;
    note.explanation = explanation;
}

// The legs' responses are forms that say they are HTML, as the real provider's do.
server::response form_response(const oauth1::parameters& fields)
{
    server::response response(200, "text/html;charset=utf-8", oauth1::encode_form(fields));
    response.headers.set("Cache-Control", "no-store");
    return response;
}

// Where a login without oauth_callback leads, as before OAuth 1.0a: to the app's registered callback, or to a PIN.
std::string own_callback(const app& asking)
{
    return asking.callbacks && !asking.callbacks->empty() ? asking.callbacks->front() : "oob";
}

std::string_view over(const login& expired)
{
    return expired.gave_up() ? "this login is over: five wrong verifiers were tried"
                             : "the request token is too old (--request-token-ttl)";
}

// As the real provider does it.
server::response redirect(std::string location)
{
    return server::redirect(std::move(location), 302);
}

} // namespace

login_endpoints::login_endpoints(
    mode m, std::chrono::seconds request_token_ttl, std::optional<std::string> auto_approve, random_source random)
    : mode_(m), auto_approve_(std::move(auto_approve)), random_(std::move(random)), pending_(request_token_ttl)
{}

server::response login_endpoints::handle(const call& c, world& w, refusal_note& note)
{
    switch (c.matched->id) {
    case endpoint::request_token:
        return request_token(c, w, note);
    case endpoint::authorize:
    case endpoint::authenticate:
        return c.http->method == "POST" ? submit_page(c, w, note) : open_page(c, w, note);
    case endpoint::access_token:
        return access_token(c, w, note);
    default:
        return bearer_token(c, w, note);
    }
}

server::response login_endpoints::request_token(const call& c, const world& w, refusal_note& note)
{
    const auto* asking = w.find_app(c.consumer_key);
    const auto* sent = protocol_parameter(c, "oauth_callback");
    if (!sent && mode_ == mode::strict) {
        explain(note, "missing_parameter",
            "leg 1 must send oauth_callback: an absolute URL, or oob (RFC 5849, section 2.1); mode x takes its absence "
            "for the app's own callback");
        return refuse(family::oauth, 38, 400, "oauth_callback parameter is missing.");
    }
    const auto callback = sent ? *sent : own_callback(*asking);
    const auto access = oauth1::find(c.parameters, "x_auth_access_type");
    if (access && *access != "read" && *access != "write") {
        explain(note, "bad_parameter", "x_auth_access_type must be read or write");
        return refuse(family::oauth, 44);
    }
    switch (judge_callback(callback, asking->callbacks)) {
    case callback_verdict::not_approved:
        explain(note, "callback_not_approved",
            asking->callbacks ? "the callback is not on the app's list; it must match character by character"
                              : "the callback must be an absolute http, https or app URL without fragment, or oob");
        // X has been seen to respond in both ways.
        return mode_ == mode::x ? xml_errors(403, 415, "Callback URL not approved for this client application.")
                                : refuse(family::oauth, 415);
    case callback_verdict::only_oob:
        explain(note, "callback_not_approved",
            "this app has an empty list of callbacks, so it is a desktop app and may use oob only");
        return mode_ == mode::x
                   ? xml_hash(401, c.http->path(), "Desktop applications only support the oauth_callback value 'oob'")
                   : refuse(family::oauth, 417);
    case callback_verdict::accepted:
        break;
    }
    const auto& l = pending_.issue(c.consumer_key, callback, !access || *access == "write", random_, c.now);
    oauth1::parameters fields;
    fields.emplace_back("oauth_token", l.token);
    fields.emplace_back("oauth_token_secret", l.secret.reveal());
    fields.emplace_back("oauth_callback_confirmed", "true");
    return form_response(fields);
}

// The login that the page is for; null if it can't go on.
const login* login_endpoints::login_of_page(const call& c, refusal_note& note)
{
    const auto sent = oauth1::count(c.parameters, "oauth_token");
    const auto* token = oauth1::find(c.parameters, "oauth_token");
    if (!token || token->empty()) {
        explain(note, "missing_token", "the page's address or form has no oauth_token");
        return nullptr;
    }
    if (sent > 1) {
        explain(note, "duplicate_parameter", "there is more than one oauth_token in the page's address and form");
        return nullptr;
    }
    const auto* l = pending_.find(*token, c.now);
    if (!l) {
        explain(note, "unknown_token",
            "this request token is unknown: it was mistyped or cut off, or given by another sandbox, or by this one "
            "before a reset");
        return nullptr;
    }
    switch (l->state) {
    case login_state::issued:
        return l;
    case login_state::authorized:
        explain(
            note, "used_token", "this request token was used: the login was allowed before, and the page works once");
        break;
    case login_state::exchanged:
        explain(note, "used_token", "this request token was used: it was exchanged for an access token");
        break;
    case login_state::denied:
        explain(note, "denied_token", "this login was denied before: the user pressed Cancel");
        break;
    case login_state::expired:
        explain(note, "expired_token", over(*l));
        break;
    }
    return nullptr;
}

server::response login_endpoints::open_page(const call& c, const world& w, refusal_note& note)
{
    // A browser that fetches ahead must not allow anything.
    if (server::is_prefetch(*c.http)) {
        explain(note, "prefetch", "the browser fetched the page ahead of the user");
        return server::refuse_prefetch();
    }
    const auto* l = login_of_page(c, note);
    if (!l)
        return dead_token_page(note.explanation);
    if (auto_approve_)
        return approve(c, w, *l, *w.user_or_default(*auto_approve_));
    const auto remembered = w.user_by_username(remembered_user(*c.http));
    const auto* force = oauth1::find(c.parameters, "force_login");
    const bool ask_again = force && *force == "true";
    if (c.matched->id == endpoint::authenticate && remembered && !ask_again &&
        approved_.contains({l->consumer_key, remembered->id}))
        return approve(c, w, *l, *remembered);

    const auto* name = oauth1::find(c.parameters, "screen_name");
    return show_page(c, w, *l, name ? *name : remembered ? remembered->username : w.user_or_default({})->username);
}

server::response login_endpoints::submit_page(const call& c, const world& w, refusal_note& note)
{
    if (!server::came_from_same_origin(*c.http, c.base_url)) {
        explain(note, "foreign_form", "the form was sent from another site (Origin, Sec-Fetch-Site)");
        return refused_form_page("It was sent from another site.");
    }
    const auto* l = login_of_page(c, note);
    if (!l)
        return dead_token_page(note.explanation);
    const bool allowed = oauth1::find(c.parameters, "allow") != nullptr;
    const bool refused = oauth1::find(c.parameters, "deny") != nullptr;
    if (allowed == refused) {
        explain(note, "bad_form", "the form must have exactly one of allow and deny");
        return refused_form_page("Neither or both of Allow and Cancel were pressed.");
    }
    if (refused) {
        pending_.deny(l->token, c.now);
        if (l->out_of_band())
            return denied_page(w.find_app(l->consumer_key)->name);
        return redirect(append_query(l->callback, "denied=" + l->token));
    }
    const auto* typed = oauth1::find(c.parameters, "user");
    const auto username = typed ? trimmed_username(*typed) : w.user_or_default({})->username;
    const auto p = w.user_by_username(username);
    if (!p)
        return show_page(c, w, *l, username, "No user is called @" + username + " here.");
    if (p->suspended)
        return show_page(c, w, *l, username, "The account @" + username + " is suspended.");
    return approve(c, w, *l, *p);
}

server::response login_endpoints::approve(const call& c, const world& w, const login& l, const user& p)
{
    pending_.authorize(l.token, p.id, random_, c.now);
    approved_.emplace(l.consumer_key, p.id);
    oauth1::parameters fields;
    fields.emplace_back("oauth_token", l.token);
    fields.emplace_back("oauth_verifier", l.verifier);
    auto response = l.out_of_band() ? pin_page(w.find_app(l.consumer_key)->name, l.verifier)
                                    : redirect(append_query(l.callback, oauth1::encode_form(fields)));
    response.headers.add("Set-Cookie", remember_user(p.username));
    return response;
}

server::response login_endpoints::show_page(
    const call& c, const world& w, const login& l, std::string username, std::string problem)
{
    authorize_view view;
    view.action = c.matched->pattern;
    view.token = l.token;
    view.app_name = w.find_app(l.consumer_key)->name;
    view.callback = l.callback;
    view.may_write = l.may_write;
    view.username = std::move(username);
    view.users = w.first_users(users_suggested);
    view.problem = std::move(problem);
    return authorize_page(view);
}

server::response login_endpoints::access_token(const call& c, world& w, refusal_note& note)
{
    const auto* verifier = protocol_parameter(c, "oauth_verifier");
    if (!verifier || verifier->empty()) {
        explain(note, "missing_parameter", "leg 3 must send oauth_verifier (RFC 5849, section 2.3)");
        return text_error(
            mode_ == mode::strict ? 400 : 401, "Error processing your OAuth request: Invalid oauth_verifier parameter");
    }
    switch (pending_.exchange(c.consumer_key, c.token, *verifier, c.now)) {
    case exchange_outcome::granted:
        break;
    case exchange_outcome::wrong_verifier:
        explain(note, "wrong_verifier", "the verifier is not the one that was given");
        return text_error(401, "Error processing your OAuth request: Invalid oauth_verifier parameter");
    case exchange_outcome::unknown:
        explain(note, "unknown_token", "there is no such request token");
        return text_error(401, "Invalid request token.");
    case exchange_outcome::not_authorized:
        explain(note, "not_authorized", "the user has not allowed it yet, so no verifier was given");
        return text_error(401, "Error processing your OAuth request: Invalid oauth_verifier parameter");
    case exchange_outcome::used:
        explain(note, "used_token", "the request token was exchanged before");
        return mode_ == mode::x ? xml_hash(401, c.http->path(), "Invalid / expired Token")
                                : text_error(401, "Invalid request token.");
    case exchange_outcome::denied:
        explain(note, "denied_token", "the user denied the login");
        return text_error(401, "Invalid request token.");
    case exchange_outcome::expired:
        explain(note, "expired_token", over(*pending_.find(c.token, c.now)));
        return mode_ == mode::x ? xml_hash(401, c.http->path(), "Invalid / expired Token")
                                : text_error(401, "Invalid request token.");
    }
    const auto* l = pending_.find(c.token, c.now);
    const auto& g = grant_for(w, c.consumer_key, l->user, l->may_write);
    oauth1::parameters fields;
    fields.emplace_back("oauth_token", g.token);
    fields.emplace_back("oauth_token_secret", g.secret.reveal());
    fields.emplace_back("user_id", std::to_string(g.user));
    fields.emplace_back("screen_name", w.user_by_id(g.user)->username);
    return form_response(fields);
}

const grant& login_endpoints::grant_for(world& w, const std::string& consumer_key, std::uint64_t user, bool may_write)
{
    if (const auto* before = w.find_grant(consumer_key, user, may_write))
        return *before;
    grant g;
    g.token = std::to_string(user) + '-' + random_text(random_, access_token_size);
    g.secret = secret(random_text(random_, access_secret_size));
    g.consumer_key = consumer_key;
    g.user = user;
    g.may_write = may_write;
    const auto token = g.token;
    w.add_grant(std::move(g));
    return *w.find_grant(token);
}

server::response login_endpoints::bearer_token(const call& c, world& w, refusal_note& note)
{
    const auto* type = oauth1::find(c.parameters, "grant_type");
    if (!type || *type != "client_credentials") {
        explain(note, "bad_parameter", "the body must be grant_type=client_credentials, as a form");
        return refuse(family::oauth, 170);
    }
    const auto* token = w.bearer_of(c.consumer_key);
    if (!token) {
        w.add_bearer(random_text(random_, bearer_size), c.consumer_key);
        token = w.bearer_of(c.consumer_key);
    }
    json::object body;
    body["token_type"] = "bearer";
    body["access_token"] = *token;
    auto response = json_response(200, body);
    response.headers.set("Cache-Control", "no-store");
    return response;
}

void login_endpoints::clear()
{
    pending_.clear();
    approved_.clear();
}

} // namespace coauth::sandbox
