// The device authorization endpoint and its page (RFC 8628).
#include "sandbox/browser.hpp"
#include "sandbox/oauth2/consent_pages.hpp"
#include "sandbox/oauth2/endpoints.hpp"
#include "sandbox/oauth2/page_request.hpp"
#include "sandbox/oauth2/responses.hpp"
#include "sandbox/pages.hpp"

#include <utility>

namespace coauth::sandbox {

namespace {

consent_view device_view(const call& c, const world& w, const device_login* login)
{
    constexpr std::size_t offered = 20;
    consent_view view;
    view.provider = rules_of(c.matched->played).name;
    view.action = c.http->path();
    view.users = w.first_users(offered);
    view.username = w.user_or_default({})->username;
    if (login) {
        view.client_name = w.clients().find(login->terms.client_id)->name;
        view.scope = login->terms.scope;
        view.user_code = login->user_code;
    }
    return view;
}

server::response show_device_problem(
    consent_view view, refusal_note& note, std::string_view reason, std::string problem)
{
    note.reason = reason;
    note.explanation = problem;
    view.problem = page_sentence(problem);
    return device_consent_page(view);
}

// Why the login of a code can't be decided any more; empty if it can.
std::string device_problem(const device_login* login, std::chrono::sys_seconds now)
{
    if (!login)
        return "no device shows this code: it was mistyped, or given by another provider, or before a reset";
    if (login->state != device_state::pending)
        return "the login of this code was decided before: the page works once";
    return now < login->expires_at ? std::string() : "this code is too old; begin again on the device";
}

} // namespace

oauth2_endpoints::form_result oauth2_endpoints::begin_device(const call& c, const token_request& request)
{
    const auto& rules = rules_of(c.matched->played);
    login_terms terms;
    terms.played = rules.played;
    terms.client_id = request.client->id;
    if (auto refused = read_scope(request.sent.value("scope"), rules, *request.client, terms.scope))
        return std::move(*refused);
    terms.refreshable = rules.refresh != refresh_rule::never;
    const auto codes = devices_.begin(std::move(terms), random_, c.now);

    const auto page = c.base_url + std::string(rules.device_page);
    const bool at_google = rules.played == face::google;
    boost::json::object body;
    set_member(body, "device_code", codes.device_code);
    set_member(body, "user_code", codes.user_code);
    set_member(body, at_google ? "verification_url" : "verification_uri", page);
    if (rules.played == face::oidc)
        set_member(body, "verification_uri_complete", page + "?user_code=" + codes.user_code);
    body["expires_in"] = rules.device_lifetime.count();
    body["interval"] = first_poll_interval.count();
    return object_response(rules, 200, body, *c.http);
}

server::response oauth2_endpoints::device_page(const call& c, const world& w, refusal_note& note)
{
    auto opened = read_page_request(c, note);
    if (opened.refused)
        return std::move(*opened.refused);
    const auto& sent = opened.sent;
    if (sent.malformed || !sent.repeated.empty() || encoding_problem(sent)) {
        explain(note, refusal("", "bad_form", "a parameter of the page is repeated, or can't be read"));
        return refused_form_page("A part of it is repeated, or can't be read.");
    }
    const auto* code = sent.find("user_code");
    const auto* login = code ? devices_.find(*code, c.matched->played) : nullptr;
    if (opened.is_form)
        return submit_device(c, w, sent, login, note);
    auto view = device_view(c, w, login);
    if (!code)
        return device_consent_page(view);
    view.user_code = spelled_user_code(*code);
    if (auto problem = device_problem(login, c.now); !problem.empty())
        return show_device_problem(std::move(view), note, "bad_user_code", std::move(problem));
    if (!auto_approve_)
        return device_consent_page(view);
    allow_device(c, *login, *w.user_or_default(*auto_approve_));
    return device_done_page(view.client_name, true);
}

void oauth2_endpoints::allow_device(const call& c, const device_login& login, const user& allowing)
{
    remember_consent(consent(c.matched->played, login.terms.client_id, allowing.id), login.terms.scope);
    devices_.allow(login.user_code, c.matched->played, allowing.id, c.now);
}

server::response oauth2_endpoints::submit_device(
    const call& c, const world& w, const parameter_reading& sent, const device_login* login, refusal_note& note)
{
    const bool allowed = sent.find("allow") != nullptr;
    if (allowed == (sent.find("deny") != nullptr)) {
        explain(note, refusal("", "bad_form", "the form must have exactly one of allow and deny"));
        return refused_form_page("Neither or both of Allow and Cancel were pressed.");
    }
    auto view = device_view(c, w, login);
    view.user_code = spelled_user_code(sent.value("user_code"));
    if (auto problem = device_problem(login, c.now); !problem.empty())
        return show_device_problem(std::move(view), note, "bad_user_code", std::move(problem));
    if (!allowed) {
        devices_.deny(login->user_code, c.matched->played, c.now);
        return device_done_page(view.client_name, false);
    }
    const auto* typed = sent.find("user");
    view.username = typed ? trimmed_username(*typed) : view.username;
    const auto user = w.user_by_username(view.username);
    if (!user || user->suspended) {
        view.problem = user ? "The account @" + view.username + " is suspended."
                            : "No user is called @" + view.username + " here.";
        return device_consent_page(view);
    }
    allow_device(c, *login, *user);
    auto response = device_done_page(view.client_name, true);
    response.headers.add("Set-Cookie", remember_user(user->username));
    return response;
}

} // namespace coauth::sandbox
