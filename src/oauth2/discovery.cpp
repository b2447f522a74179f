#include "oauth2/endpoint.hpp"
#include "oauth2/json_object.hpp"

#include <coauth/oauth2/discovery.hpp>

#include <boost/json/array.hpp>

#include <optional>
#include <utility>

namespace coauth::oauth2 {

namespace {

namespace json = boost::json;

error refused_document(const std::string& reason)
{
    return error(errc::malformed_response, "the provider's discovery document " + reason)
        .with_hint("check the issuer: it is compared exactly, with a slash at its end or without");
}

error refused_issuer()
{
    return error(errc::invalid_argument,
        "the issuer is not an https URL without query and fragment (http is allowed on loopback only)");
}

// The texts of a list; nothing if the member is missing.
std::optional<std::vector<std::string>> texts_of(const strict_object& document, std::string_view name)
{
    const json::value* value = document.find(name);
    const json::array* list = value ? value->if_array() : nullptr;
    if (!list)
        return std::nullopt;
    std::vector<std::string> out;
    for (const json::value& element : *list)
        if (const auto text = text_of(&element))
            out.emplace_back(*text);
    return out;
}

// False if there is one that credentials may not be sent to.
bool read_endpoint(const strict_object& document, std::string_view name, std::string& out)
{
    const json::value* value = document.find(name);
    if (!value || value->is_null())
        return true;
    out = text_of(value).value_or("");
    return is_endpoint(out);
}

std::optional<client_authentication> authentication_named(std::string_view name) noexcept
{
    if (name == "none")
        return client_authentication::none;
    if (name == "client_secret_basic")
        return client_authentication::basic;
    if (name == "client_secret_post")
        return client_authentication::post;
    return std::nullopt;
}

} // namespace

result<std::string> openid_configuration_url(std::string_view issuer)
{
    if (!is_issuer(issuer))
        return refused_issuer();
    // A slash at the end is taken off before the suffix is put on (OpenID Connect Discovery, section 4).
    if (issuer.back() == '/')
        issuer.remove_suffix(1);
    return std::string(issuer) + "/.well-known/openid-configuration";
}

result<std::string> authorization_server_metadata_url(std::string_view issuer)
{
    if (!is_issuer(issuer))
        return refused_issuer();
    const std::size_t path = issuer.find('/', issuer.find("//") + 2);
    std::string out(issuer.substr(0, path));
    out += "/.well-known/oauth-authorization-server";
    if (path != issuer.npos && issuer.substr(path) != "/")
        out += issuer.substr(path);
    return out;
}

result<provider_metadata> parse_discovery_document(std::string_view issuer, std::string_view body)
{
    if (!is_issuer(issuer))
        return refused_issuer();
    if (body.size() > max_discovery_document)
        return error(errc::response_too_large, "the provider's discovery document is larger than 256 KiB");
    const auto document = strict_object::parse(body);
    if (!document)
        return refused_document("is not a JSON object");
    const std::optional<std::string_view> named = text_of(document->find("issuer"));
    // Entra's `common` and `organizations`. A `sub` counts within its tenant only, and some keys do (Microsoft, "Access tokens").
    if (named && named->find("{tenantid}") != named->npos)
        return error(errc::malformed_response, "the provider's discovery document is one for any tenant")
            .with_hint("use the tenant's own issuer URL, with its GUID");
    if (named != issuer)
        return refused_document("is of another issuer than asked for");

    provider_metadata out;
    out.issuer = issuer;
    const std::pair<std::string_view, std::string*> endpoints[] = {
        {"authorization_endpoint", &out.authorization_endpoint},
        {"token_endpoint", &out.token_endpoint},
        {"userinfo_endpoint", &out.userinfo_endpoint},
        {"revocation_endpoint", &out.revocation_endpoint},
        {"device_authorization_endpoint", &out.device_authorization_endpoint},
        {"jwks_uri", &out.jwks_uri},
    };
    for (const auto& [name, url] : endpoints)
        if (!read_endpoint(*document, name, *url))
            return refused_document("has a " + std::string(name) + " that is not an https URL");
    if (out.authorization_endpoint.empty() || out.token_endpoint.empty())
        return refused_document("has no authorization_endpoint or no token_endpoint");

    const json::value* announced = document->find("authorization_response_iss_parameter_supported");
    out.announces_issuer = announced && announced->is_bool() && announced->get_bool();
    for (const std::string& name :
        texts_of(*document, "id_token_signing_alg_values_supported").value_or(std::vector<std::string>{"RS256"}))
        if (const auto algorithm = jws_algorithm_named(name))
            out.id_token_algorithms.push_back(*algorithm);
    if (out.id_token_algorithms.empty())
        return refused_document("signs ID tokens in no way that is accepted (RS256, ES256, PS256, EdDSA)");
    for (const std::string& name : texts_of(*document, "token_endpoint_auth_methods_supported")
                                       .value_or(std::vector<std::string>{"client_secret_basic"}))
        if (const auto authentication = authentication_named(name))
            out.client_authentications.push_back(*authentication);
    out.scopes = texts_of(*document, "scopes_supported").value_or(std::vector<std::string>());
    return out;
}

} // namespace coauth::oauth2
