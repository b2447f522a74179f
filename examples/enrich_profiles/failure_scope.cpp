#include "enrich_profiles/failure_scope.hpp"

#include "enrich_profiles/money.hpp"

#include <string>

namespace enrich {

namespace {

constexpr const char* go_on = "run again with the same IN and OUT to go on";

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
    case errc::store_unavailable:
    case errc::sealed_record:
        return failure_scope::job;

    // No lookup fails with these.
    case errc::invalid_verifier:
    case errc::callback_not_confirmed:
    case errc::callback_refused:
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

coauth::error stopped_by(const coauth::error& failure, std::chrono::milliseconds retry_for)
{
    if (failure.reason() == coauth::errc::cancelled)
        return failure;
    if (!coauth::is_transient(failure) || failure.reason() == coauth::errc::store_unavailable)
        return with_way_on(failure, failure.hint().value_or(std::string()));
    // Milliseconds are thousandths, and amounts are exact to a millionth.
    const std::string seconds = amount_text(static_cast<micros>(retry_for.count()) * 1000);
    return with_way_on(failure, "the provider has not answered for " + seconds + " s");
}

coauth::error stopped_by_failures(const coauth::error& last, std::size_t requests)
{
    return with_way_on(last,
        requests == 1 ? std::string("no request succeeded") : std::to_string(requests) + " requests in a row failed");
}

} // namespace enrich
