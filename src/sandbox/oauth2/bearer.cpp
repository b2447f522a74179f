#include "sandbox/oauth2/bearer.hpp"

#include "sandbox/oauth2/parameters.hpp"

#include <coauth/text/ascii.hpp>

#include <algorithm>
#include <cstddef>
#include <utility>

namespace coauth::sandbox {

namespace {

// The token after `scheme`, maybe empty; nothing for another scheme.
std::optional<std::string_view> token_after(std::string_view header, std::string_view scheme)
{
    if (scheme.empty() || !text::equal_ignoring_case(header.substr(0, scheme.size()), scheme))
        return std::nullopt;
    header.remove_prefix(scheme.size());
    if (!header.empty() && header.front() != ' ')
        return std::nullopt;
    return text::trimmed(header, " ");
}

// RFC 6750, section 2.1.
bool is_bearer_token(std::string_view token)
{
    const auto end = std::min(token.find('='), token.size());
    return end != 0 && token.find_first_not_of('=', end) == token.npos &&
           std::all_of(token.begin(), token.begin() + static_cast<std::ptrdiff_t>(end), [](char c) {
               return text::is_letter_or_digit(c) || std::string_view("-._~+/").find(c) != std::string_view::npos;
           });
}

// What is wrong with the request itself (RFC 6750, section 3.1), or nothing.
std::optional<refusal> malformed_request(
    const call& c, const parameter_reading& parameters, const std::optional<std::string_view>& in_header, bool in_query)
{
    const auto* in_parameter = parameters.find("access_token");
    if (c.http->headers.count("Authorization") > 1 || (in_header && in_parameter) || parameters.repeats("access_token"))
        return refusal("invalid_request", "duplicate_token", "there is more than one access token in the request");
    if (parameters.malformed)
        return refusal("invalid_request", "malformed", *parameters.malformed);
    if (!parameters.repeated.empty())
        return refusal("invalid_request", "duplicate_parameter",
            printable(parameters.repeated.front()) + " was sent more than once");
    if (auto problem = encoding_problem(parameters))
        return refusal("invalid_request", "malformed", std::move(*problem));
    if (in_parameter && !in_query)
        return refusal("invalid_request", "query",
            "the access token was sent as a parameter: it belongs into the Authorization header, and a query ends up "
            "in logs");
    if (in_header && !is_bearer_token(*in_header))
        return refusal("invalid_request", "malformed",
            "the Authorization header has no token after its scheme, or one with octets that no token has "
            "(RFC 6750, section 2.1)");
    return std::nullopt;
}

} // namespace

bearer_reading read_bearer(call& c, const world& w, const grants& issued, std::string_view other_scheme, bool in_query)
{
    bearer_reading out;
    const auto header = c.http->headers.get("Authorization");
    auto sent = token_after(header, "Bearer");
    if (!sent)
        sent = token_after(header, other_scheme);
    const auto parameters = read_parameters_of(c.http->query(), form_body(*c.http));
    out.refused = malformed_request(c, parameters, sent, in_query);
    if (out.refused)
        return out;
    const auto* in_parameter = parameters.find("access_token");
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
