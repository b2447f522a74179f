#include "api/oauth1_signing.hpp"

#include <coauth/text/ascii.hpp>

#include <string_view>
#include <utility>

namespace coauth::api {

namespace {

// First, or with an empty value not at all.
http::fields with_authorization(const http::fields& headers, std::string authorization)
{
    http::fields out;
    if (!authorization.empty())
        out.add("Authorization", std::move(authorization));
    for (const auto& [name, value] : headers)
        if (!http::same_field_name(name, "Authorization"))
            out.add(name, value);
    return out;
}

} // namespace

authorizer signed_by(
    std::shared_ptr<const oauth1::signer> signer, nonce_source nonce, protocol_parameters oauth, std::string realm)
{
    return [signer = std::move(signer), nonce = std::move(nonce), oauth = std::move(oauth), realm = std::move(realm)](
               http::request& request, std::chrono::sys_seconds provider_time) {
        const std::string url = request.origin.url() + request.target;
        const bool is_form = oauth1::is_form(request.headers.get("Content-Type"));
        oauth1::message message(request.method, url, is_form ? request.body : std::string_view());
        for (const auto& [name, value] : oauth)
            message.oauth.emplace_back(name, value.reveal());
        if (!realm.empty())
            message.realm = realm;
        const oauth1::moment at(nonce(), provider_time.time_since_epoch().count());
        return put_signed(signer->sign_request(message, at).value(), request);
    };
}

secret put_signed(oauth1::signed_request parts, http::request& request)
{
    request.method = std::move(parts.method);
    // What follows the origin in the signed URL is the target, byte for byte.
    request.target = parts.url.substr(request.origin.url().size());
    request.headers = with_authorization(request.headers, std::move(parts.authorization));
    if (!parts.form.empty()) {
        request.headers.set("Content-Type", "application/x-www-form-urlencoded");
        request.body = std::move(parts.form);
    }
    return std::move(parts.signature);
}

std::shared_ptr<call> user_call(http::request request, const http::origin& origin)
{
    if (!(request.origin == origin))
        throw error(errc::invalid_argument,
            "the request is for " + request.origin.url() + ", and the token for " + origin.url());
    auto made = std::make_shared<call>();
    made->repeatable = text::equal_ignoring_case(request.method, "GET");
    request.headers = with_authorization(request.headers, std::string());
    made->request = std::move(request);
    return made;
}

} // namespace coauth::api
