#include "oauth2/request_form.hpp"

#include <coauth/oauth2/authorization_url.hpp>
#include <coauth/oauth2/pkce.hpp>

#include <algorithm>
#include <utility>

namespace coauth::oauth2 {

namespace {

void require_request(const authorization_request& request)
{
    if (request.redirect_uri.empty() || request.state.empty())
        throw error(errc::invalid_argument, "an authorization request needs a redirect_uri and a state");
    if (!is_code_challenge(request.code_challenge))
        throw error(errc::invalid_argument, "an authorization request needs the S256 challenge of a code_verifier");
}

} // namespace

std::string authorization_url(std::string_view endpoint, const app& client, const authorization_request& request)
{
    require_request(request);
    const std::string_view base = endpoint.substr(0, endpoint.find('#'));
    const std::size_t query = base.find('?');
    text::form own = query == base.npos ? text::form() : text::parse_form(base.substr(query + 1)).value();

    std::vector<parameter_view> parameters = {{"response_type", "code"}, {"client_id", client.client_id()},
        {"redirect_uri", request.redirect_uri}, {"scope", request.scope}, {"state", request.state},
        {"nonce", request.nonce}, {"code_challenge", request.code_challenge},
        {"code_challenge_method", code_challenge_method}};
    const std::size_t set_here = parameters.size();
    own.insert(own.end(), request.extra.begin(), request.extra.end());
    for (const auto& field : own) {
        const auto end = parameters.begin() + static_cast<std::ptrdiff_t>(set_here);
        if (std::any_of(parameters.begin(), end, [&](const auto& parameter) { return parameter.first == field.first; }))
            throw error(errc::invalid_argument, "the authorization request's \"" + field.first + "\" is given twice");
    }
    parameters.insert(parameters.end(), request.extra.begin(), request.extra.end());

    std::string out(base);
    if (query == base.npos)
        out += '?';
    for (const auto& [name, value] : parameters)
        if (!value.empty())
            append_form_field(name, value, out);
    return out;
}

} // namespace coauth::oauth2
