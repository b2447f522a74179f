#include "providers/login_end.hpp"

#include "api/revoke_on_failure.hpp"
#include "providers/oauth2_exchange.hpp"

#include <coauth/oauth2/id_token.hpp>

#include <optional>
#include <string>
#include <utility>

namespace coauth::providers {

namespace asio = boost::asio;

namespace {

oauth2::id_token_rules rules_of(
    const oauth2_setup& setup, const oauth2::token_response& tokens, const std::string& nonce)
{
    oauth2::id_token_rules rules;
    rules.issuers = setup.rules.issuers;
    rules.client_id = setup.client.client_id();
    rules.nonce = nonce;
    rules.access_token = tokens.access_token;
    rules.algorithms = setup.rules.openid->algorithms;
    rules.leeway = setup.rules.openid->leeway;
    return rules;
}

asio::awaitable<oauth2::id_token> checked_id_token(
    shared_oauth2_app app, shared_oauth2_setup setup, oauth2::token_response tokens, std::string nonce)
{
    if (tokens.id_token.empty())
        throw error(errc::id_token_rejected, "the ID token was rejected: missing")
            .with_hint("the scope must have openid, and the app must be registered for OpenID Connect");
    const oauth2::id_token_rules rules = rules_of(*setup, tokens, nonce);
    const auto now = app->clock()->machine_now();
    document_version<oauth2::jwk_set> keys = co_await keys_of(app);
    oauth2::id_token_result verdict = oauth2::verify_id_token(tokens.id_token.reveal(), *keys.value, rules, now);
    if (!verdict && verdict.error() == oauth2::id_token_fault::unknown_key) {
        keys = co_await keys_of(app, keys.number);
        verdict = oauth2::verify_id_token(tokens.id_token.reveal(), *keys.value, rules, now);
    }
    oauth2::id_token proven = std::move(verdict).value();
    if (setup->rules.openid->check_claims)
        setup->rules.openid->check_claims(proven.claims);
    co_return proven;
}

asio::awaitable<profile> profile_of(
    shared_oauth2_app app, shared_oauth2_setup setup, oauth2::token_response tokens, std::string nonce)
{
    std::optional<oauth2::id_token> proven;
    if (setup->rules.openid)
        proven = co_await checked_id_token(app, setup, tokens, std::move(nonce));
    if (proven && setup->rules.user_url.empty())
        co_return read_profile(setup->rules, proven->claims);
    profile user = co_await user_of(app, setup, tokens.access_token, api::login_retry_budget);
    // The endpoint is not the provider's signed word (OpenID Connect Core, section 5.3.2).
    if (proven && user.id != proven->subject)
        throw error(errc::malformed_response, "the profile is of another user than the ID token");
    co_return user;
}

} // namespace

asio::awaitable<finished_login> login_of(shared_oauth2_app app, shared_oauth2_setup setup,
    oauth2::token_response tokens, login_proof proof, std::chrono::sys_seconds begun)
{
    const oauth2::stored_credential granted(tokens, proof.scope);
    auto found = profile_of(app, setup, tokens, std::string(proof.nonce.reveal()));
    if (setup->rules.revocation_ends_grant) {
        profile user = co_await std::move(found);
        co_return finished_login(std::move(user), credential_of(granted, tokens.expires_in, begun), granted.scope);
    }
    auto revocation = revoke_tokens(app, setup, granted);
    profile user = co_await api::revoke_on_failure(std::move(found), std::move(revocation));
    co_return finished_login(std::move(user), credential_of(granted, tokens.expires_in, begun), granted.scope);
}

} // namespace coauth::providers
