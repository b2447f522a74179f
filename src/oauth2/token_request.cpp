#include "oauth2/request_form.hpp"
#include "text/base64.hpp"

#include <coauth/oauth2/token_request.hpp>
#include <coauth/text/percent_encoding.hpp>

#include <algorithm>

namespace coauth::oauth2 {

namespace {

// Enough for any request, so that no copy of a secret is left behind by growing.
std::size_t encoded_size(std::size_t size) noexcept
{
    return 3 * size + 2;
}

// Both are form-encoded before they are joined (RFC 6749, section 2.3.1).
secret basic_authorization(const app& client)
{
    std::string pair;
    pair.reserve(encoded_size(client.client_id().size() + client.client_secret().size()));
    text::percent_encode(client.client_id(), pair);
    pair += ':';
    text::percent_encode(client.client_secret().reveal(), pair);
    std::string encoded = text::base64_encode(pair);
    std::string value;
    value.reserve(encoded.size() + 6);
    value += "Basic ";
    value += encoded;
    wipe(pair);
    wipe(encoded);
    return secret(std::move(value));
}

void check_extra(const std::vector<parameter_view>& parameters, const text::form& extra)
{
    for (const auto& field : extra) {
        const bool is_set = std::any_of(parameters.begin(), parameters.end(),
            [&](const parameter_view& parameter) { return parameter.first == field.first; });
        if (field.first.empty() || is_set || text::count(extra, field.first) > 1)
            throw error(errc::invalid_argument, "the request's parameter \"" + field.first + "\" is given twice");
    }
}

} // namespace

void append_form_field(std::string_view name, std::string_view value, std::string& out)
{
    if (!out.empty() && out.back() != '?' && out.back() != '&')
        out += '&';
    text::percent_encode(name, out);
    out += '=';
    text::percent_encode(value, out);
}

form_request make_form_request(
    const app& client, const std::vector<parameter_view>& parameters, const text::form& extra)
{
    form_request out;
    std::vector<parameter_view> all = parameters;
    if (client.authentication() == client_authentication::basic) {
        out.authorization = basic_authorization(client);
    } else {
        all.emplace_back("client_id", client.client_id());
        if (client.authentication() == client_authentication::post)
            all.emplace_back("client_secret", client.client_secret().reveal());
    }
    check_extra(all, extra);
    all.insert(all.end(), extra.begin(), extra.end());

    std::size_t size = 0;
    for (const auto& [name, value] : all)
        size += encoded_size(name.size() + value.size());
    std::string body;
    body.reserve(size);
    for (const auto& [name, value] : all)
        if (!value.empty())
            append_form_field(name, value, body);
    out.body = secret(std::move(body));
    return out;
}

form_request code_request(const app& client, const secret& code, std::string_view redirect_uri,
    const secret& code_verifier, const text::form& extra)
{
    return make_form_request(client,
        {{"grant_type", "authorization_code"}, {"code", code.reveal()}, {"redirect_uri", redirect_uri},
            {"code_verifier", code_verifier.reveal()}},
        extra);
}

form_request refresh_request(
    const app& client, const secret& refresh_token, std::string_view scope, const text::form& extra)
{
    return make_form_request(
        client, {{"grant_type", "refresh_token"}, {"refresh_token", refresh_token.reveal()}, {"scope", scope}}, extra);
}

form_request client_credentials_request(const app& client, std::string_view scope, const text::form& extra)
{
    return make_form_request(client, {{"grant_type", "client_credentials"}, {"scope", scope}}, extra);
}

form_request device_token_request(const app& client, const secret& device_code, const text::form& extra)
{
    return make_form_request(client,
        {{"grant_type", "urn:ietf:params:oauth:grant-type:device_code"}, {"device_code", device_code.reveal()}}, extra);
}

} // namespace coauth::oauth2
