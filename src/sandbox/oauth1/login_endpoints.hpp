// The legs of a login, on the provider's side (RFC 5849, section 2), and the app's own bearer token.
#pragma once

#include "sandbox/call.hpp"
#include "sandbox/oauth1/logins.hpp"
#include "sandbox/refusal_note.hpp"
#include "sandbox/world/random.hpp"

#include <coauth/sandbox/provider.hpp>
#include <coauth/server/http_server.hpp>

#include <optional>
#include <set>
#include <string>
#include <utility>

namespace coauth::sandbox {

/// Thread safety: not safe; the provider guards it.
class login_endpoints {
public:
    /// `auto_approve`: the user to approve as, without asking; empty text: the first who is not suspended.
    login_endpoints(
        mode m, std::chrono::seconds request_token_ttl, std::optional<std::string> auto_approve, random_source random);

    /// Handles the routes of a login that was admitted. What went wrong, if anything, is put into `note`.
    server::response handle(const call& c, world& w, refusal_note& note);

    const logins& pending() const noexcept { return pending_; }

    /// The access token of this user for this app: the one granted before, or a new one.
    const grant& grant_for(world& w, const std::string& consumer_key, std::uint64_t user, bool may_write);

    /// Clears the logins, and which user each browser was.
    void clear();

private:
    server::response request_token(const call& c, const world& w, refusal_note& note);
    server::response access_token(const call& c, world& w, refusal_note& note);
    server::response bearer_token(const call& c, world& w, refusal_note& note);
    server::response open_page(const call& c, const world& w, refusal_note& note);
    server::response submit_page(const call& c, const world& w, refusal_note& note);
    const login* login_of_page(const call& c, refusal_note& note);
    server::response approve(const call& c, const world& w, const login& l, const user& p);
    server::response show_page(
        const call& c, const world& w, const login& l, std::string username, std::string problem = {});

    mode mode_;
    std::optional<std::string> auto_approve_;
    random_source random_;
    logins pending_;
    std::set<std::pair<std::string, std::uint64_t>> approved_; ///< App and user: "sign in" returns at once.
};

} // namespace coauth::sandbox
