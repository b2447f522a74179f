#include "sandbox/oauth1/gatekeeper.hpp"

#include "sandbox/x/error_bodies.hpp"
#include "sandbox/x/oauth2_access.hpp"
#include "text/base64.hpp"

#include <coauth/oauth1/authorization_header.hpp>
#include <coauth/text/percent_encoding.hpp>

#include <algorithm>
#include <utility>
#include <vector>

namespace coauth::sandbox {

namespace {

class secrets_of_world final : public oauth1::credential_source {
public:
    secrets_of_world(const world& known, const logins& pending) : known_(known), pending_(pending) {}

    std::optional<oauth1::consumer_record> find_consumer(std::string_view consumer_key) const override
    {
        const auto* a = known_.find_app(consumer_key);
        if (!a)
            return std::nullopt;
        oauth1::consumer_record record;
        record.secret = a->secret;
        record.rsa_public_key = a->rsa_public_key;
        return record;
    }

    std::optional<secret> find_token_secret(std::string_view consumer_key, std::string_view token) const override
    {
        if (const auto* g = known_.find_grant(token); g && g->consumer_key == consumer_key)
            return g->secret;
        if (const auto* s = pending_.secret_of(consumer_key, token))
            return *s;
        return std::nullopt;
    }

private:
    const world& known_;
    const logins& pending_;
};

oauth1::verifier_options verifier_options_for(mode m, std::chrono::seconds timestamp_window)
{
    oauth1::verifier_options o;
    o.timestamp_window = timestamp_window.count();
    o.lenient = m == mode::x;
    o.explain = true;
    return o;
}

std::vector<std::string_view> authorization_headers(const server::request& r)
{
    std::vector<std::string_view> found;
    for (const auto& [name, value] : r.headers)
        if (http::same_field_name(name, "Authorization"))
            found.push_back(value);
    return found;
}

bool has_oauth_header(const server::request& r)
{
    const auto headers = authorization_headers(r);
    return std::any_of(headers.begin(), headers.end(), &oauth1::is_oauth_header);
}

// What follows `scheme` and a space, or nothing.
std::optional<std::string_view> after_scheme(std::string_view header, std::string_view scheme)
{
    if (header.size() <= scheme.size() || header[scheme.size()] != ' ' ||
        !http::same_field_name(header.substr(0, scheme.size()), scheme))
        return std::nullopt;
    return header.substr(scheme.size() + 1);
}

// Padding included; nothing if the text is not base64.
std::optional<std::string> decode_base64(std::string_view text)
{
    if (text.empty() || text.size() > 8192)
        return std::nullopt;
    const auto octets = text::base64_decode(text, text::tail_bits::any);
    return octets ? std::optional<std::string>(std::in_place, octets->begin(), octets->end()) : std::nullopt;
}

// Query and form of a request that is not signed.
bool read_parameters(call& c)
{
    auto query = oauth1::parse_form(c.http->query());
    if (!query)
        return false;
    c.parameters = std::move(*query);
    if (!oauth1::is_form(c.http->headers.get("Content-Type")))
        return true;
    auto form = oauth1::parse_form(c.http->body);
    if (!form)
        return false;
    c.parameters.insert(c.parameters.end(), form->begin(), form->end());
    return true;
}

admission refused(server::response response, std::string_view word, std::string_view explanation)
{
    admission a;
    a.refusal = std::move(response);
    a.refused = word;
    a.explanation = explanation;
    return a;
}

} // namespace

gatekeeper::gatekeeper(mode m, std::chrono::seconds timestamp_window)
    : mode_(m), timestamp_window_(timestamp_window), verifier_(verifier_options_for(m, timestamp_window))
{}

admission gatekeeper::admit(call& c, const world& known, const logins& pending, const grants& issued)
{
    const auto kind = c.matched->kind;
    // The front page needs no signature, but checks the one that a client sends to see if it is right.
    const bool is_trial = c.matched->id == endpoint::index && has_oauth_header(*c.http);
    if (c.matched->signed_by == caller::anyone && !is_trial) {
        if (!read_parameters(c))
            return refused(text_error(400, "The parameters can't be read."), "malformed", "bad percent-encoding");
        return {};
    }
    if (c.matched->signed_by == caller::app_basic)
        return admit_basic(c, known);

    const auto headers = authorization_headers(*c.http);
    const auto bearer = headers.size() == 1 ? after_scheme(headers.front(), "Bearer") : std::nullopt;
    admission a;
    if (bearer && (c.matched->signed_by == caller::app_or_user || c.matched->signed_by == caller::user))
        a = admit_bearer(c, *bearer, known, issued);
    else if (bearer)
        return refused(refuse(kind, 215), "no_credentials", "a bearer token can't begin or end a login");
    else
        a = admit_signed(c, known, pending);
    return a.refusal ? std::move(a) : check_rights(c);
}

admission gatekeeper::admit_signed(call& c, const world& known, const logins& pending)
{
    const auto url = c.base_url + c.http->target;
    oauth1::incoming_request incoming;
    incoming.method = c.http->method;
    incoming.url = url;
    incoming.authorization = authorization_headers(*c.http);
    incoming.content_type = c.http->headers.get("Content-Type");
    incoming.body = c.http->body;

    const secrets_of_world secrets(known, pending);
    auto found = verifier_.verify(incoming, secrets, c.now.time_since_epoch().count());
    // A repeated nonce is new to the other verifier, which proves nothing.
    if (found.refused && found.refused != oauth1::refusal_reason::nonce_used && mode_ == mode::strict &&
        passes_in_x(incoming, secrets, c.now))
        found.detail += "; mode x takes it";
    c.consumer_key = found.consumer_key;
    c.token = found.token.value_or("");
    c.oauth = std::move(found.oauth);
    c.parameters = std::move(found.request);
    if (found.refused)
        return refuse_signature(c, found);

    const bool is_login = c.matched->signed_by == caller::login;
    c.user = known.find_grant(c.token);
    const bool is_request_token = pending.secret_of(c.consumer_key, c.token) != nullptr;
    if (c.matched->signed_by == caller::app && !c.token.empty())
        return refused(refuse(c.matched->kind, 89), "unknown_token", "oauth_token has no place in leg 1");
    if (is_login && !is_request_token)
        return refused(text_error(401, "Invalid request token."), "unknown_token",
            c.user ? "this is an access token: leg 3 needs the request token" : "leg 3 needs a request token");
    if (!is_login && !c.token.empty() && !c.user)
        return refused(refuse(c.matched->kind, 89), "unknown_token",
            "this is a request token: calls after the login need the access token of leg 3");
    if (const auto p = c.user ? known.user_by_id(c.user->user) : std::nullopt; p && p->suspended)
        return refused(refuse(c.matched->kind, 64), "suspended", "the token's user is suspended");
    return {};
}

bool gatekeeper::passes_in_x(const oauth1::incoming_request& incoming, const oauth1::credential_source& secrets,
    std::chrono::sys_seconds now) const
{
    auto options = verifier_options_for(mode::x, timestamp_window_);
    options.explain = false;
    options.nonce_capacity = 1;
    oauth1::verifier tolerant(std::move(options));
    return !tolerant.verify(incoming, secrets, now.time_since_epoch().count()).refused;
}

admission gatekeeper::refuse_signature(const call& c, const oauth1::verification& found)
{
    const auto kind = c.matched->kind;
    const auto reason = *found.refused;
    admission a;
    a.refused = oauth1::name(reason);
    a.explanation = found.detail;
    a.base_string = found.base_string;
    switch (reason) {
    case oauth1::refusal_reason::no_credentials:
        // X says 400 here where RFC 5849 says 401; API 2 says 401 in both.
        a.refusal = refuse(kind, 215, mode_ == mode::x && kind != family::v2 ? 400 : 401);
        break;
    case oauth1::refusal_reason::malformed:
    case oauth1::refusal_reason::duplicate_parameter:
    case oauth1::refusal_reason::missing_parameter:
    case oauth1::refusal_reason::unsupported_method:
    case oauth1::refusal_reason::unsupported_version:
    case oauth1::refusal_reason::bad_timestamp:
        a.refusal = refuse(kind, 215, 400);
        break;
    case oauth1::refusal_reason::timestamp_out_of_window:
        a.refusal = refuse(kind, 135);
        break;
    case oauth1::refusal_reason::unknown_token:
        a.refusal = c.matched->signed_by != caller::login ? refuse(kind, 89)
                    : mode_ == mode::x                    ? xml_hash(401, c.http->path(), "Invalid / expired Token")
                                                          : text_error(401, "Invalid request token.");
        break;
    case oauth1::refusal_reason::nonces_exhausted:
        a.refusal = refuse(kind, 130);
        break;
    case oauth1::refusal_reason::unknown_consumer:
    case oauth1::refusal_reason::bad_signature:
    case oauth1::refusal_reason::bad_body_hash:
    case oauth1::refusal_reason::nonce_used:
        a.refusal = refuse(kind, 32);
        break;
    }
    return a;
}

admission gatekeeper::admit_bearer(call& c, std::string_view token, const world& known, const grants& issued)
{
    if (const auto* key = known.find_bearer(token))
        c.consumer_key = *key;
    else if (auto a = admit_oauth2_token(c, token, known, issued); a.refusal)
        return a;
    if (!read_parameters(c))
        return refused(refuse(c.matched->kind, 44), "malformed", "query or form can't be decoded");
    return {};
}

admission gatekeeper::admit_basic(call& c, const world& known)
{
    const auto headers = authorization_headers(*c.http);
    const auto basic = headers.size() == 1 ? after_scheme(headers.front(), "Basic") : std::nullopt;
    const auto pair = basic ? decode_base64(*basic) : std::nullopt;
    const auto colon = pair ? pair->find(':') : std::string::npos;
    if (colon == std::string::npos)
        return refused(refuse(c.matched->kind, 99), "no_credentials", "HTTP Basic with key and secret is required");
    const auto key = text::form_decode(std::string_view(*pair).substr(0, colon));
    const auto given = text::form_decode(std::string_view(*pair).substr(colon + 1));
    const auto* a = key ? known.find_app(*key) : nullptr;
    if (!a || !given || !a->secret.matches(*given))
        return refused(refuse(c.matched->kind, 99), "unknown_consumer", "key or secret is wrong");
    c.consumer_key = a->key;
    if (!read_parameters(c))
        return refused(refuse(c.matched->kind, 44), "malformed", "query or form can't be decoded");
    return {};
}

admission gatekeeper::check_rights(const call& c)
{
    if (c.matched->signed_by == caller::user && !c.user)
        return refused(refuse(c.matched->kind, 220), "app_only", "this call needs a user's access token");
    if (c.matched->writes && !c.user->may_write)
        return refused(refuse(c.matched->kind, 261), "read_only", "the login asked for x_auth_access_type=read");
    return {};
}

} // namespace coauth::sandbox
