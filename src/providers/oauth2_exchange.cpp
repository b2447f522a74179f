#include "providers/oauth2_exchange.hpp"

#include "providers/oauth2_login.hpp"

#include <coauth/coro/as_result.hpp>
#include <coauth/oauth2/revocation.hpp>

#include <new>
#include <utility>

namespace coauth::providers {

namespace asio = boost::asio;

namespace {

constexpr std::size_t largest_profile = 256 * 1024;

void require_size(std::string_view body)
{
    if (body.size() > largest_profile)
        throw error(errc::response_too_large, "the profile is larger than 256 KiB");
}

// What a reader of the rules throws, as an error of the response.
template <class Read>
auto read_with(Read read)
{
    try {
        return read();
    } catch (const std::bad_alloc&) {
        throw;
    } catch (const error&) {
        throw;
    } catch (...) {
        throw error(errc::malformed_response, "the profile can't be read");
    }
}

void add_details(const oauth2_rules& rules, const http::response& response, profile& user)
{
    require_size(response.body);
    read_with([&] { rules.read_details(user, response.body); });
}

// Without the scope for it, or without the right. A limit that is used up says nothing of either.
bool is_withheld(const error& refused)
{
    return (refused.http_status() == 403 || refused.http_status() == 404) && refused.reason() != errc::rate_limited;
}

bool is_revoked(const error& refused)
{
    return refused.reason() == errc::token_revoked || refused.http_status() == 404 || refused.http_status() == 422;
}

asio::awaitable<void> revoke_token(
    shared_oauth2_app app, shared_oauth2_setup setup, secret token, oauth2::token_type_hint hint)
{
    const oauth2::form_request form = oauth2::revocation_request(setup->client, token, hint, token_parameters(*setup));
    std::vector<secret> hidden{token};
    auto call = form_call(*setup, api::step::call, setup->rules.revoke_url, form, hidden);
    const api::outcome sent = co_await api::exchange(app, call);
    oauth2::parse_revocation_response(sent.response.status, sent.response.body, call->hidden).value();
}

asio::awaitable<void> revoke_by_rules(shared_oauth2_app app, shared_oauth2_setup setup, secret access_token)
{
    auto call = std::make_shared<api::call>();
    call->request = setup->rules.revocation_request(access_token);
    call->hidden = {
        access_token, setup->client.client_secret(), credentials_in(call->request.headers.get("Authorization"))};
    const api::outcome sent = co_await api::exchange(app, std::move(call));
    if (sent.refused && !is_revoked(*sent.refused))
        throw *sent.refused;
}

} // namespace

profile read_profile(const oauth2_rules& rules, std::string_view body)
{
    require_size(body);
    profile user = read_with([&] { return rules.read_user(body); });
    if (user.id.empty())
        throw error(errc::malformed_response, "the profile has no id");
    user.provider = rules.name;
    return user;
}

asio::awaitable<oauth2::token_response> request_tokens(shared_oauth2_app app, shared_oauth2_setup setup,
    oauth2::request_kind kind, oauth2::form_request form, std::vector<secret> hidden)
{
    const api::step at = kind == oauth2::request_kind::refresh ? api::step::renewal : api::step::access_token;
    auto call = form_call(*setup, at, setup->rules.token_url, form, std::move(hidden));
    const api::outcome sent = co_await api::exchange(app, call);
    auto tokens = oauth2::parse_token_response(kind, sent.response.status, sent.response.body, call->hidden);
    if (!tokens) {
        const bool may_wait = sent.refused && sent.refused->retry_after() && is_transient(tokens.error());
        throw may_wait ? tokens.error().with_retry_after(*sent.refused->retry_after()) : tokens.error();
    }
    co_return std::move(*tokens);
}

asio::awaitable<reply<profile>> user_of(
    shared_oauth2_app app, shared_oauth2_setup setup, secret access_token, std::chrono::milliseconds retry_budget)
{
    if (setup->rules.user_url.empty())
        throw error(errc::invalid_argument, "provider \"" + setup->rules.name + "\" has no address for profiles");
    auto call = bearer_call(*setup, access_token, http::get(setup->rules.user_url));
    call->retry_budget = retry_budget;
    const http::response response = co_await api::perform(app, std::move(call));
    reply<profile> user(read_profile(setup->rules, response.body), limits_of(*app, response));
    if (setup->rules.details_url.empty())
        co_return user;
    auto details_call = bearer_call(*setup, access_token, http::get(setup->rules.details_url));
    details_call->retry_budget = retry_budget;
    const api::outcome details = co_await api::exchange(app, std::move(details_call));
    if (details.refused && !is_withheld(*details.refused))
        throw *details.refused;
    if (!details.refused)
        add_details(setup->rules, details.response, user);
    const rate_limits latest = limits_of(*app, details.response);
    if (latest.window)
        user.limits = latest;
    co_return user;
}

asio::awaitable<void> revoke_tokens(shared_oauth2_app app, shared_oauth2_setup setup, oauth2::stored_credential tokens)
{
    if (setup->rules.revocation_request) {
        co_await revoke_by_rules(app, setup, tokens.access_token);
        co_return;
    }
    if (setup->rules.revoke_url.empty())
        co_return;
    if (tokens.refresh_token.empty()) {
        co_await revoke_token(app, setup, tokens.access_token, oauth2::token_type_hint::access_token);
        co_return;
    }
    co_await revoke_token(app, setup, tokens.refresh_token, oauth2::token_type_hint::refresh_token);
    const auto ended =
        co_await as_result(revoke_token(app, setup, tokens.access_token, oauth2::token_type_hint::access_token));
    // It can't be revoked by itself (RFC 7009, section 2.2.1), and ends soon.
    const bool unsupported = !ended && ended.error().provider_error() == "unsupported_token_type" &&
                             ended.error().reason() != errc::provider_unavailable;
    if (!ended && !unsupported)
        throw ended.error();
}

} // namespace coauth::providers
