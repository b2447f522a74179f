#include "sandbox/oauth2/bearer.hpp"

#include "sandbox/oauth2/parameters.hpp"

#include <coauth/text/ascii.hpp>

#include <utility>

namespace coauth::sandbox {

namespace {

std::optional<std::string_view> after_word(std::string_view header, std::string_view scheme)
{
    if (scheme.empty() || header.size() <= scheme.size() || header[scheme.size()] != ' ' ||
        !text::equal_ignoring_case(header.substr(0, scheme.size()), scheme))
        return std::nullopt;
    return header.substr(scheme.size() + 1);
}

} // namespace

bearer_reading read_bearer(call& c, const world& w, const grants& issued, std::string_view other_scheme, bool in_query)
{
    bearer_reading out;
    const auto header = c.http->headers.get("Authorization");
    auto sent = after_word(header, "Bearer");
    if (!sent)
        sent = after_word(header, other_scheme);
    const auto parameters = read_parameters_of(c.http->query(), form_body(*c.http));
    const auto* in_parameter = parameters.find("access_token");
    if (c.http->headers.count("Authorization") > 1 || (sent && in_parameter) || parameters.repeats("access_token")) {
        out.refused =
            refusal("invalid_request", "duplicate_token", "there is more than one access token in the request");
        return out;
    }
    if (in_parameter && !in_query) {
        out.refused = refusal("invalid_request", "query",
            "the access token was sent as a parameter: it belongs into the Authorization header, and a query ends up "
            "in "
            "logs");
        return out;
    }
    if (!sent && !in_parameter) {
        out.refused = refusal("", "no_credentials",
            header.empty() ? "an access token is missing" : "the Authorization header does not begin with Bearer", 401);
        return out;
    }
    out.text = sent ? std::string(*sent) : *in_parameter;
    c.token = out.text;
    std::string reason;
    const auto* token = issued.find_access_token(out.text, c.matched->played, c.now, reason);
    if (!token) {
        out.refused = refusal("invalid_token", "bad_token", std::move(reason), 401);
        return out;
    }
    c.consumer_key = token->user.consumer_key;
    c.user_id = token->user.user;
    const auto user = w.user_by_id(token->user.user);
    if (user && user->suspended) {
        out.refused = refusal("invalid_token", "suspended", "the token's user is suspended", 401);
        return out;
    }
    out.token = token;
    return out;
}

} // namespace coauth::sandbox
