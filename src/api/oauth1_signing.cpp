#include "api/oauth1_signing.hpp"

#include <coauth/text/ascii.hpp>
#include <coauth/text/percent_encoding.hpp>

#include <string_view>
#include <utility>

namespace coauth::api {

namespace {

class oauth1_authorization final : public authorization {
public:
    explicit oauth1_authorization(signing settings) : settings_(std::move(settings)) {}

    void append_header(
        const http::request& request, std::chrono::sys_seconds provider_time, std::string& value) const override
    {
        std::string url;
        url.reserve(request.origin.host.size() + request.target.size() + 16);
        url.append(request.origin.https ? "https://" : "http://")
            .append(request.origin.authority())
            .append(request.target);
        const bool is_form = oauth1::is_form(request.headers.get("Content-Type"));
        oauth1::message message(request.method, url, is_form ? request.body : std::string_view());
        for (const auto& [name, text] : settings_.oauth)
            message.oauth.emplace_back(name, text.reveal());
        if (!settings_.realm.empty())
            message.realm = settings_.realm;
        const oauth1::moment at(settings_.nonce(), provider_time.time_since_epoch().count());
        settings_.signer->sign(message, at, value).value();
    }

    // The signature too, as it is and as it was sent.
    std::vector<secret> hidden(std::string_view value) const override
    {
        constexpr std::string_view before = "oauth_signature=\"";
        std::vector<secret> out = settings_.hidden;
        const auto begin = value.find(before);
        if (begin == std::string_view::npos)
            return out;
        value.remove_prefix(begin + before.size());
        const std::string_view sent = value.substr(0, value.find('"'));
        out.emplace_back(sent);
        out.emplace_back(text::percent_decode(sent).value());
        return out;
    }

private:
    const signing settings_;
};

http::fields without_authorization(const http::fields& headers)
{
    http::fields out;
    for (const auto& [name, value] : headers)
        if (!http::same_field_name(name, "Authorization"))
            out.add(name, value);
    return out;
}

} // namespace

std::shared_ptr<const authorization> signed_by(signing settings)
{
    return std::make_shared<const oauth1_authorization>(std::move(settings));
}

std::shared_ptr<call> user_call(http::request request, const http::origin& origin)
{
    if (!(request.origin == origin))
        throw error(errc::invalid_argument,
            "the request is for " + request.origin.url() + ", and the token for " + origin.url());
    auto made = std::make_shared<call>();
    request.method = text::uppered(request.method); // as it is signed
    made->repeatable = request.method == "GET";
    if (!request.headers.empty())
        request.headers = without_authorization(request.headers);
    made->request = std::move(request);
    return made;
}

} // namespace coauth::api
