// The authorization endpoint (RFC 6749, section 3.1).
#include "sandbox/browser.hpp"
#include "sandbox/oauth1/callback_rules.hpp"
#include "sandbox/oauth2/consent_pages.hpp"
#include "sandbox/oauth2/endpoints.hpp"
#include "sandbox/oauth2/page_request.hpp"
#include "sandbox/openid/id_token.hpp"
#include "sandbox/pages.hpp"

#include <coauth/oauth1/parameters.hpp>
#include <coauth/server/page.hpp>

#include <utility>

namespace coauth::sandbox {

namespace {

constexpr std::size_t users_offered = 20;

bool is_forms_own(std::string_view name)
{
    return name == "user" || name == "allow" || name == "deny";
}

server::response show_consent(const call& c, const world& w, const authorization_request& request,
    const parameter_reading& sent, std::string username, std::string problem = {})
{
    consent_view view;
    view.provider = rules_of(c.matched->played).name;
    view.action = c.http->path();
    view.client_name = request.client->name;
    view.redirect_uri = request.redirect_uri;
    view.scope = request.scope;
    for (const auto& field : sent.fields)
        if (!is_forms_own(field.first))
            view.hidden.push_back(field);
    view.username = std::move(username);
    view.problem = std::move(problem);
    view.users = w.first_users(users_offered);
    return consent_page(view);
}

// "user_1", or the mail address of a user, as Google takes it for `login_hint`.
std::string hinted_username(const world& w, std::string_view hint)
{
    const auto name = hint.substr(0, hint.find('@'));
    const auto found = w.user_by_username(name);
    return found ? found->username : std::string();
}

// Google's `hd`.
bool is_of_domain(const user& subject, const std::string& domain)
{
    return domain.empty() || domain == "*" || hosted_domain_of(subject) == domain;
}

std::string domain_problem(const user& subject, const std::string& domain)
{
    return "the app asks for a user of " + printable(domain) + ", and @" + subject.username + " is none (hd)";
}

} // namespace

server::response oauth2_endpoints::authorize(const call& c, const world& w, refusal_note& note)
{
    auto opened = read_page_request(c, note);
    if (opened.refused)
        return std::move(*opened.refused);
    const auto& sent = opened.sent;
    const auto request = read_authorization_request(sent, rules_of(c.matched->played), w.clients());
    if (request.refused) {
        explain(note, *request.refused);
        return request.may_redirect ? send_error(c, request, *request.refused)
                                    : refused_request_page(request.refused->status, request.refused->explanation);
    }
    if (opened.is_form)
        return submit(c, w, request, sent, note);
    refusal refused;
    if (const auto silent = silent_user(c, w, request, refused))
        return send_code(c, request, *silent);
    if (has_word(request.prompt, "none")) {
        explain(note, refused);
        return send_error(c, request, refused);
    }
    auto username = hinted_username(w, request.login_hint);
    if (username.empty())
        username = remembered_user(*c.http);
    if (username.empty())
        username = w.user_or_default({})->username;
    std::string problem;
    if (auto_approve_) {
        explain(note, refused);
        problem = page_sentence(refused.explanation);
    }
    return show_consent(c, w, request, sent, std::move(username), std::move(problem));
}

// The user who is not asked: the one of --auto-approve, or with prompt=none one who allowed this client before.
std::optional<user> oauth2_endpoints::silent_user(
    const call& c, const world& w, const authorization_request& request, refusal& refused) const
{
    refused = refusal("login_required", "login_required",
        "prompt=none was sent, and no user of this browser has allowed this client before");
    const bool is_silent = has_word(request.prompt, "none");
    if (!auto_approve_ && !is_silent)
        return std::nullopt;
    auto remembered = auto_approve_ ? w.user_or_default(*auto_approve_) : w.user_by_username(remembered_user(*c.http));
    if (!remembered)
        return std::nullopt;
    if (!is_of_domain(*remembered, request.hosted_domain)) {
        refused.reason = "wrong_domain";
        refused.explanation = domain_problem(*remembered, request.hosted_domain);
        return std::nullopt;
    }
    if (is_silent && !request.login_hint.empty() && hinted_username(w, request.login_hint) != remembered->username) {
        refused.explanation = "prompt=none was sent, and the hint names another user than this browser's";
        return std::nullopt;
    }
    if (auto_approve_)
        return remembered;
    const auto allowed = allowed_.find(consent(c.matched->played, request.client->id, remembered->id));
    if (allowed == allowed_.end())
        return std::nullopt;
    for (const auto& word : request.scope) {
        if (allowed->second.contains(word))
            continue;
        refused = refusal("consent_required", "consent_required",
            "prompt=none was sent, and the user has not allowed the scope " + printable(word));
        return std::nullopt;
    }
    return remembered;
}

server::response oauth2_endpoints::submit(const call& c, const world& w, const authorization_request& request,
    const parameter_reading& sent, refusal_note& note)
{
    const bool allowed = sent.find("allow") != nullptr;
    const bool denied = sent.find("deny") != nullptr;
    if (allowed == denied) {
        explain(note, refusal("", "bad_form", "the form must have exactly one of allow and deny"));
        return refused_form_page("Neither or both of Allow and Cancel were pressed.");
    }
    if (denied)
        return send_error(c, request, refusal("access_denied", "", ""));
    const auto* typed = sent.find("user");
    const auto username = typed ? trimmed_username(*typed) : w.user_or_default({})->username;
    const auto found = w.user_by_username(username);
    if (!found)
        return show_consent(c, w, request, sent, username, "No user is called @" + username + " here.");
    if (found->suspended)
        return show_consent(c, w, request, sent, username, "The account @" + username + " is suspended.");
    if (!is_of_domain(*found, request.hosted_domain))
        return show_consent(
            c, w, request, sent, username, page_sentence(domain_problem(*found, request.hosted_domain)));
    return send_code(c, request, *found);
}

server::response oauth2_endpoints::send_code(const call& c, const authorization_request& request, const user& allowing)
{
    const auto& rules = rules_of(c.matched->played);
    const bool first_time = remember_consent(consent(rules.played, request.client->id, allowing.id), request.scope);
    login_terms terms;
    terms.played = rules.played;
    terms.client_id = request.client->id;
    terms.user = allowing.id;
    terms.scope = request.scope;
    terms.nonce = request.nonce;
    terms.allowed_at = c.now;
    terms.refreshable = rules.refresh == refresh_rule::always ||
                        (rules.refresh == refresh_rule::offline_scope && has_word(request.scope, "offline.access")) ||
                        (rules.refresh == refresh_rule::offline_access && request.offline &&
                            (first_time || has_word(request.prompt, "consent")));
    code_binding binding;
    binding.redirect_uri = request.redirect_uri;
    binding.redirect_uri_sent = request.redirect_uri_sent;
    binding.challenge = request.challenge;

    oauth1::parameters fields;
    fields.emplace_back("code", grants_.issue_code(std::move(terms), std::move(binding), random_, c.now));
    if (!request.state.empty())
        fields.emplace_back("state", request.state);
    if (rules.openid)
        fields.emplace_back("iss", issuer_of(rules, c.base_url));
    auto location = append_query(request.redirect_uri, oauth1::encode_form(fields));
    if (rules.played == face::facebook)
        location += "#_=_"; // As the real one does; a browser keeps it to itself.
    auto response = server::redirect(std::move(location));
    response.headers.add("Set-Cookie", remember_user(allowing.username));
    return response;
}

server::response oauth2_endpoints::send_error(
    const call& c, const authorization_request& request, const refusal& refused)
{
    const auto& rules = rules_of(c.matched->played);
    oauth1::parameters fields;
    fields.emplace_back("error", refused.error);
    if (rules.played == face::facebook && refused.error == "access_denied") {
        fields.emplace_back("error_code", "200");
        fields.emplace_back("error_description", "Permissions error");
        fields.emplace_back("error_reason", "user_denied");
    } else if (refused.error == "access_denied") {
        fields.emplace_back("error_description", "The user has denied your application access.");
    }
    if (!request.state.empty())
        fields.emplace_back("state", request.state);
    if (rules.openid)
        fields.emplace_back("iss", issuer_of(rules, c.base_url));
    auto location = append_query(request.redirect_uri, oauth1::encode_form(fields));
    if (rules.played == face::facebook)
        location += "#_=_";
    return server::redirect(std::move(location));
}

} // namespace coauth::sandbox
