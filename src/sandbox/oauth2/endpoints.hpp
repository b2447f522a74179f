// The OAuth 2 providers that the sandbox plays: authorize page, token endpoint, and what belongs to them.
#pragma once

#include "sandbox/call.hpp"
#include "sandbox/oauth2/authorization_request.hpp"
#include "sandbox/oauth2/devices.hpp"
#include "sandbox/oauth2/grants.hpp"
#include "sandbox/oauth2/parameters.hpp"
#include "sandbox/oauth2/token_request.hpp"
#include "sandbox/openid/signing_keys.hpp"
#include "sandbox/refusal_note.hpp"

#include <coauth/sandbox/provider.hpp>

#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

namespace coauth::sandbox {

/// Thread safety: not safe; the provider guards it.
class oauth2_endpoints {
public:
    /// `auto_approve`: the user to approve as, without asking; empty text: the first who is not suspended.
    oauth2_endpoints(mode m, std::optional<std::string> auto_approve, random_source random);

    /// Handles a call whose route belongs to a provider of OAuth 2. Why it was refused, if it was, is put into `note`.
    server::response handle(call& c, const world& w, refusal_note& note);

    const grants& issued() const noexcept { return grants_; }
    std::size_t expire_tokens_of(std::uint64_t user, std::chrono::sys_seconds now)
    {
        return grants_.expire_tokens_of(user, now);
    }
    void rotate_keys() { keys_.rotate(); }

    /// Drops the logins that have not ended, and which client each user allowed. Tokens and keys stay.
    void clear();

private:
    /// What a form of a client's gets, or why it is refused.
    using form_result = std::variant<server::response, refusal>;

    server::response dispatch(call& c, const world& w, refusal_note& note);

    /// Remembers what the user allowed. True for the first time.
    bool remember_consent(const consent& given, const std::vector<std::string>& scope);
    /// The next login asks again, and is the first one.
    void end_consent(const consent& ended, std::string_view reason);

    server::response authorize(const call& c, const world& w, refusal_note& note);
    server::response submit(const call& c, const world& w, const authorization_request& request,
        const parameter_reading& sent, refusal_note& note);
    server::response send_code(const call& c, const authorization_request& request, const user& allowing);
    server::response send_error(const call& c, const authorization_request& request, const refusal& refused);
    /// `refused`: set to why the user must be asked.
    std::optional<user> silent_user(
        const call& c, const world& w, const authorization_request& request, refusal& refused) const;

    server::response serve_form(call& c, const world& w, refusal_note& note);
    form_result token(call& c, const world& w, const token_request& request);
    form_result begin_device(const call& c, const token_request& request);
    form_result revoke(const call& c, const token_request& request);
    server::response give_tokens(
        const call& c, const world& w, family_number family, const std::vector<std::string>& scope, bool refreshed);
    exchange_result exchange(const call& c, const parameter_reading& sent, const oauth2_client& client);
    exchange_result exchange_device(const call& c, const parameter_reading& sent, const oauth2_client& client);
    exchange_result begin_own(const call& c, const parameter_reading& sent, const oauth2_client& client);

    server::response device_page(const call& c, const world& w, refusal_note& note);
    server::response submit_device(
        const call& c, const world& w, const parameter_reading& sent, const device_login* login, refusal_note& note);
    void allow_device(const call& c, const device_login& login, const user& allowing);

    server::response revoke_at_github(call& c, const world& w, refusal_note& note);
    server::response revoke_at_facebook(call& c, const world& w, refusal_note& note);

    mode mode_;
    std::optional<std::string> auto_approve_;
    random_source random_;
    grants grants_;
    devices devices_;
    signing_keys keys_;
    std::map<consent, std::set<std::string>> allowed_; ///< The scopes that a user allowed a client.
};

} // namespace coauth::sandbox
