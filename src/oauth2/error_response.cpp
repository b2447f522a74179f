#include <coauth/oauth2/error_response.hpp>
#include <coauth/text/percent_encoding.hpp>

#include <algorithm>
#include <iterator>

namespace coauth::oauth2 {

namespace {

struct refusal_meaning {
    std::string_view code;
    errc meaning;
};

// For every kind of request.
constexpr refusal_meaning meanings[] = {
    {"access_denied", errc::denied}, {"authorization_declined", errc::denied}, // Entra's name for it in the device flow
    {"user_denied", errc::denied}, {"user_cancelled_login", errc::denied},     // LinkedIn
    {"user_cancelled_authorize", errc::denied},                                // LinkedIn, Apple
    {"invalid_client", errc::invalid_credentials}, {"unauthorized_client", errc::invalid_credentials},
    {"incorrect_client_credentials", errc::invalid_credentials}, // GitHub
    {"bad_verification_code", errc::invalid_verifier},           // GitHub
    {"incorrect_device_code", errc::invalid_verifier},           // GitHub
    {"bad_refresh_token", errc::token_revoked},                  // GitHub
    {"invalid_token", errc::token_revoked}, {"invalid_scope", errc::invalid_scope},
    {"redirect_uri_mismatch", errc::callback_refused}, // GitHub, Google
    {"invalid_redirect_uri", errc::callback_refused}, {"expired_token", errc::expired},
    {"login_required", errc::login_required}, {"interaction_required", errc::login_required},
    {"consent_required", errc::login_required}, {"account_selection_required", errc::login_required},
    {"slow_down", errc::rate_limited}, {"server_error", errc::provider_unavailable},
    {"temporarily_unavailable", errc::provider_unavailable}, {"insufficient_scope", errc::access_level},
    {"unverified_user_email", errc::forbidden}, // GitHub
};

errc meaning_of_grant(request_kind kind) noexcept
{
    switch (kind) {
    case request_kind::refresh:
        return errc::token_revoked;
    case request_kind::client_credentials:
        return errc::invalid_credentials;
    case request_kind::code:
    case request_kind::device_token:
        return errc::invalid_verifier;
    default:
        return errc::provider_error;
    }
}

// X says `invalid_request` where the standard has `invalid_grant`; at other providers that is about how a request is made.
bool is_about_grant(const error_response& refusal, request_kind kind)
{
    if (kind == request_kind::code)
        return refusal.description.empty() || refusal.description.starts_with("Value passed for the ");
    return kind == request_kind::refresh && refusal.description.starts_with("Value passed for the token was invalid");
}

struct number_range {
    int first;
    int last;
    errc meaning;
};

// Facebook's numbers, of its Graph API's tables of errors and rate limits.
constexpr number_range number_ranges[] = {
    {2, 2, errc::provider_unavailable}, {3, 3, errc::access_level},                           // of the app
    {4, 4, errc::rate_limited},                                                               // of the app
    {10, 10, errc::access_level}, {17, 17, errc::rate_limited}, {32, 32, errc::rate_limited}, // of a page
    {101, 101, errc::invalid_credentials}, {102, 102, errc::token_revoked}, {190, 190, errc::token_revoked},
    {191, 191, errc::callback_refused}, {200, 299, errc::access_level}, {341, 341, errc::rate_limited},
    {368, 368, errc::forbidden}, // for a time, for what the user did
    {506, 506, errc::duplicate}, {613, 613, errc::rate_limited}, {80000, 80014, errc::rate_limited}, // of a business
};

std::optional<errc> meaning_of_number(int number, request_kind kind) noexcept
{
    if (number == 1) // where tokens are given, a wrong secret; elsewhere unknown, and perhaps temporary
        return kind == request_kind::authorization ? errc::provider_unavailable : errc::invalid_credentials;
    if (number == 100 && kind == request_kind::code)
        return errc::invalid_verifier;
    const auto known = std::find_if(std::begin(number_ranges), std::end(number_ranges),
        [number](const number_range& row) { return row.first <= number && number <= row.last; });
    return known != std::end(number_ranges) ? std::optional(known->meaning) : std::nullopt;
}

errc meaning_of(const error_response& refusal, request_kind kind, int status)
{
    if (status == 429)
        return errc::rate_limited;
    if (status >= 500) // whatever it says: a provider in trouble must not cost a login
        return errc::provider_unavailable;
    if (refusal.number)
        if (const auto meaning = meaning_of_number(*refusal.number, kind))
            return *meaning;
    if (refusal.code == "invalid_grant" || (refusal.code == "invalid_request" && is_about_grant(refusal, kind)))
        return meaning_of_grant(kind);
    const auto known = std::find_if(
        std::begin(meanings), std::end(meanings), [&](const refusal_meaning& row) { return row.code == refusal.code; });
    if (known != std::end(meanings))
        return known->meaning;
    return errc::provider_error;
}

// Very short texts would hide innocent words, and give nothing away.
bool repeats(std::string_view words, std::span<const secret> hidden)
{
    constexpr std::size_t shortest = 4;
    return std::any_of(hidden.begin(), hidden.end(), [&](const secret& s) {
        if (s.size() < shortest)
            return false;
        std::string encoded = text::percent_encode(s.reveal());
        const bool found = words.find(s.reveal()) != words.npos || words.find(encoded) != words.npos;
        wipe(encoded);
        return found;
    });
}

const char* hint_for(errc meaning) noexcept
{
    switch (meaning) {
    case errc::invalid_credentials:
        return "check client_id and client_secret, and how the app is registered to authenticate";
    case errc::invalid_verifier:
        return "a code is valid for a short time and once: let the user sign in again";
    case errc::token_revoked:
        return "let the user sign in again";
    case errc::access_level:
        return "this needs a permission that the user or the provider has not given to the app: begin a login with its "
               "scope";
    case errc::invalid_scope:
        return "check the scope against what the provider offers and what the app is registered for";
    case errc::callback_refused:
        return "register the redirect URI with the provider, exactly as it is sent";
    default:
        return nullptr;
    }
}

} // namespace

error to_error(const error_response& refusal, request_kind kind, int status, std::span<const secret> hidden)
{
    const errc meaning = meaning_of(refusal, kind, status);
    error out(meaning);
    if (const char* hint = hint_for(meaning))
        out = out.with_hint(hint);
    if (status != 0)
        out = out.with_http_status(status);
    if (!repeats(refusal.code, hidden))
        out = out.with_provider_error(refusal.code);
    return out.with_provider(refusal.number, repeats(refusal.description, hidden) ? "" : refusal.description);
}

} // namespace coauth::oauth2
