#include "enrich_profiles/failure_scope.hpp"

#include <string>
#include <string_view>

namespace enrich {

namespace {

constexpr const char* go_on = "run again with the same IN and OUT to go on";

// What `go_on` says better.
std::string without_try_again(std::string hint)
{
    constexpr std::string_view phrase = "try again later";
    constexpr std::string_view separator = "; ";
    if (!hint.ends_with(phrase))
        return hint;
    hint.resize(hint.size() - phrase.size());
    if (hint.ends_with(separator))
        hint.resize(hint.size() - separator.size());
    return hint;
}

coauth::error with_way_on(const coauth::error& failure, const std::string& first)
{
    return failure.with_hint((first.empty() ? std::string() : first + "; ") + go_on);
}

} // namespace

failure_scope scope_of(coauth::errc code, bool in_response) noexcept
{
    using coauth::errc;
    switch (code) {
    case errc::rate_limited:
        return failure_scope::rate_limit;

    case errc::timeout:
    case errc::resolve_failed:
    case errc::connect_failed:
    case errc::connection_lost:
    case errc::provider_unavailable:
    case errc::response_too_large:
    case errc::invalid_argument:
        return failure_scope::unclear;

    // A request may have been refused for one of its names.
    case errc::malformed_response:
    case errc::not_found:
    case errc::provider_error:
        return in_response ? failure_scope::input : failure_scope::unclear;

    // A request may not: this is about the account, the app or what is between here and the provider.
    case errc::invalid_credentials:
    case errc::clock_skew:
    case errc::suspended:
    case errc::forbidden:
    case errc::access_level:
        return in_response ? failure_scope::input : failure_scope::job;

    case errc::token_revoked:
    case errc::account_locked:
    case errc::tls_failed:
    case errc::unexpected_redirect:
    case errc::cancelled:
    case errc::unknown_user:
    case errc::login_required:
    case errc::store_unavailable:
    case errc::sealed_record:
        return failure_scope::job;

    // No lookup fails with these.
    case errc::invalid_verifier:
    case errc::callback_not_confirmed:
    case errc::callback_refused:
    case errc::id_token_rejected:
    case errc::invalid_scope:
    case errc::denied:
    case errc::expired:
    case errc::unknown:
    case errc::replayed:
    case errc::wrong_browser:
    case errc::duplicate:
    case errc::too_many_logins:
        return failure_scope::job;
    }
    return failure_scope::job;
}

coauth::error stopped_by(const coauth::error& failure)
{
    if (failure.reason() == coauth::errc::cancelled)
        return failure;
    return with_way_on(failure, without_try_again(failure.hint().value_or(std::string())));
}

coauth::error stopped_by_failures(const coauth::error& last, std::size_t requests)
{
    return with_way_on(last,
        requests <= 1 ? std::string("no request succeeded") : std::to_string(requests) + " requests in a row failed");
}

} // namespace enrich
