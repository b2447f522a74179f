#include "enrich_profiles/failure_scope.hpp"

#include <doctest/doctest.h>

#include <string>

using coauth::errc;
using coauth::error;
using namespace enrich;

TEST_CASE("failure_scope: every error is about its input, about every input, or unclear")
{
    using s = failure_scope;
    struct {
        errc code;
        s in_response; // the provider responded, and says it of one name
        s request;     // the request failed
    } const rows[] = {
        {errc::invalid_argument, s::unclear, s::unclear},
        {errc::timeout, s::unclear, s::unclear},
        {errc::cancelled, s::job, s::job},
        {errc::resolve_failed, s::unclear, s::unclear},
        {errc::connect_failed, s::unclear, s::unclear},
        {errc::tls_failed, s::job, s::job},
        {errc::connection_lost, s::unclear, s::unclear},
        {errc::malformed_response, s::input, s::unclear},
        {errc::response_too_large, s::unclear, s::unclear},
        {errc::unexpected_redirect, s::job, s::job},
        {errc::callback_not_confirmed, s::job, s::job},
        {errc::callback_refused, s::job, s::job},
        {errc::id_token_rejected, s::job, s::job},
        {errc::denied, s::job, s::job},
        {errc::expired, s::job, s::job},
        {errc::unknown, s::job, s::job},
        {errc::replayed, s::job, s::job},
        {errc::wrong_browser, s::job, s::job},
        {errc::invalid_credentials, s::input, s::job},
        {errc::invalid_verifier, s::job, s::job},
        {errc::token_revoked, s::job, s::job},
        {errc::clock_skew, s::input, s::job},
        {errc::rate_limited, s::rate_limit, s::rate_limit},
        {errc::not_found, s::input, s::unclear},
        {errc::suspended, s::input, s::job},
        {errc::account_locked, s::job, s::job},
        {errc::forbidden, s::input, s::job},
        {errc::access_level, s::input, s::job},
        {errc::invalid_scope, s::job, s::job},
        {errc::duplicate, s::job, s::job},
        {errc::provider_unavailable, s::unclear, s::unclear},
        {errc::provider_error, s::input, s::unclear},
        {errc::unknown_user, s::job, s::job},
        {errc::login_required, s::job, s::job},
        {errc::too_many_logins, s::job, s::job},
        {errc::store_unavailable, s::job, s::job},
        {errc::sealed_record, s::job, s::job},
    };
    int code = 0;
    for (const auto& row : rows) {
        CAPTURE(std::string(name(row.code)));
        CHECK(static_cast<int>(row.code) == ++code);
        CHECK(scope_of(row.code, true) == row.in_response);
        CHECK(scope_of(row.code, false) == row.request);
    }
    // The last row has the last code.
    CHECK(name(static_cast<errc>(code + 1)) == "unknown_error");
}

TEST_CASE("failure_scope: what stopped a job says how to go on")
{
    const auto hint = [](const error& e) { return e.hint().value_or("none"); };
    const std::string go_on = "run again with the same IN and OUT to go on";

    // As the session gives it.
    for (const std::string waited : {"the provider has not responded for 30 s",
             "no request with this user's token has succeeded for 30 s", "open files have run out"})
        for (const errc code : {errc::timeout, errc::resolve_failed, errc::connect_failed, errc::connection_lost,
                 errc::provider_unavailable}) {
            const error e = stopped_by(error(code).with_http_status(503).with_hint(waited + "; try again later"));
            CHECK(e.reason() == code);
            CHECK(e.http_status() == 503);
            CHECK(hint(e) == waited + "; " + go_on);
            CHECK(hint(stopped_by(error(code).with_hint(waited))) == waited + "; " + go_on);
        }
    CHECK(hint(stopped_by(error(errc::provider_unavailable).with_hint("try again later"))) == go_on);
    CHECK(hint(stopped_by(error(errc::token_revoked).with_hint("sign in again"))) == "sign in again; " + go_on);
    CHECK(hint(stopped_by(error(errc::forbidden))) == go_on);
    CHECK(hint(stopped_by(error(errc::store_unavailable))) == go_on);
    CHECK(hint(stopped_by(error(errc::cancelled))) == "none");
    CHECK(hint(stopped_by_failures(error(errc::malformed_response), 0)) == "no request succeeded; " + go_on);
    CHECK(hint(stopped_by_failures(error(errc::malformed_response), 3)) == "3 requests in a row failed; " + go_on);
    CHECK(hint(stopped_by_failures(error(errc::malformed_response), 1)) == "no request succeeded; " + go_on);
}
