#include "oauth2/control_characters.hpp"
#include "oauth2/endpoint.hpp"
#include "oauth2/endpoint_response.hpp"
#include "oauth2/request_form.hpp"

#include <coauth/oauth2/device.hpp>

#include <algorithm>
#include <utility>

namespace coauth::oauth2 {

namespace {

using std::chrono::seconds;

// Google says `verification_url`.
std::string_view verification_address(const response_members& members) noexcept
{
    const std::string_view standard = members.text("verification_uri");
    return standard.empty() ? members.text("verification_url") : standard;
}

std::string_view complete_address(const response_members& members) noexcept
{
    const std::string_view standard = members.text("verification_uri_complete");
    return standard.empty() ? members.text("verification_url_complete") : standard;
}

bool is_user_code(std::string_view code) noexcept
{
    return !code.empty() && code.size() <= 64 && code.front() != ' ' && code.back() != ' ' &&
           std::all_of(code.begin(), code.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
}

} // namespace

form_request device_authorization_request(const app& client, std::string_view scope, const text::form& extra)
{
    return make_form_request(client, {{"scope", scope}}, extra);
}

result<device_authorization> parse_device_authorization(
    int status, std::string_view body, std::span<const secret> hidden)
{
    constexpr auto kind = request_kind::device_authorization;
    auto members = read_endpoint_response(kind, status, body, "device_code", hidden);
    if (!members)
        return members.error();
    auto device_code = read_token(*members, kind, "device_code");
    const auto expires_in = read_seconds(*members, kind, "expires_in", seconds(1));
    const auto interval = read_seconds(*members, kind, "interval", seconds(0));
    if (!device_code)
        return device_code.error();
    if (!expires_in)
        return expires_in.error();
    if (!interval)
        return interval.error();

    device_authorization out;
    out.user_code = members->text("user_code");
    out.verification_uri = verification_address(*members);
    out.verification_uri_complete = complete_address(*members);
    if (device_code->empty() || !is_user_code(out.user_code))
        return malformed_response_to(kind, "has no `device_code` or no `user_code` that can be shown");
    if (!is_endpoint(out.verification_uri) ||
        (!out.verification_uri_complete.empty() && !is_endpoint(out.verification_uri_complete)))
        return malformed_response_to(kind, "has a `verification_uri` that is not an https URL, or none");
    if (!*expires_in)
        return malformed_response_to(kind, "has no `expires_in`");
    out.device_code = std::move(*device_code);
    out.expires_in = **expires_in;
    // A provider that says 0 does not mean to be asked without a pause.
    out.interval = std::max(interval->value_or(seconds(5)), seconds(1));
    return out;
}

device_polling::device_polling(seconds interval, seconds expires_in)
    : interval_(std::max(interval, seconds(1))), expires_in_(expires_in)
{}

result<std::optional<token_response>> device_polling::take(result<token_response> response, seconds elapsed)
{
    constexpr seconds slow_down_step(5);
    constexpr seconds longest_pause(60);
    if (response)
        return std::optional<token_response>(std::move(*response));
    const error& refusal = response.error();
    if (refusal.provider_error() == "slow_down")
        interval_ += slow_down_step;
    else if (refusal.provider_error() != "authorization_pending") {
        if (!is_transient(refusal))
            return refusal;
        interval_ = std::max(interval_, std::min(2 * interval_, longest_pause));
    }
    if (elapsed + interval_ >= expires_in_)
        return error(errc::expired, "the device's code expired before the user had allowed it")
            .with_hint("begin again for a new code");
    return std::optional<token_response>();
}

} // namespace coauth::oauth2
