// Codes, access tokens and refresh tokens, and what becomes of them (RFC 6749; RFC 9700, section 4.14).
#pragma once

#include "sandbox/oauth2/face_rules.hpp"
#include "sandbox/oauth2/refusal.hpp"
#include "sandbox/world/random.hpp"
#include "sandbox/world/world.hpp"

#include <chrono>
#include <compare>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace coauth::sandbox {

/// What a user allowed a client to do.
struct login_terms {
    login_terms() = default;

    face played = face::none;
    std::string client_id;
    std::uint64_t user = 0; ///< 0: the client itself.
    std::vector<std::string> scope;
    std::string nonce; ///< OpenID Connect's; empty: none was sent.
    std::chrono::sys_seconds allowed_at{};
    bool refreshable = false;
};

/// A user's consent to a client: all logins of the two at a provider end with it.
struct consent {
    consent() = default;
    consent(face new_played, std::string new_client_id, std::uint64_t new_user)
        : played(new_played), client_id(std::move(new_client_id)), user(new_user)
    {}
    explicit consent(const login_terms& terms) : consent(terms.played, terms.client_id, terms.user) {}

    bool covers(const login_terms& terms) const
    {
        return terms.user == user && terms.played == played && terms.client_id == client_id;
    }

    face played = face::none;
    std::string client_id;
    std::uint64_t user = 0;

    auto operator<=>(const consent&) const = default;
};

/// What a code is bound to.
struct code_binding {
    code_binding() = default;

    std::string redirect_uri;
    bool redirect_uri_sent = true; ///< False: the client left it out, and the registered one was used.
    std::string challenge;         ///< PKCE, S256 (RFC 7636, section 4.2); empty: the code has none.
};

/// A client's request to exchange a code.
struct code_exchange {
    code_exchange() = default;

    face played = face::none;
    std::string client_id;
    std::string code;
    std::optional<std::string> redirect_uri;
    std::optional<std::string> verifier;
};

/// The tokens of one login belong together: they end together.
using family_number = std::uint64_t;

/// What an exchange gives: the tokens' family, or why it was refused.
struct exchange_result {
    exchange_result() = default;
    explicit exchange_result(family_number new_family) : family(new_family) {}
    explicit exchange_result(refusal new_refusal) : refused(std::move(new_refusal)) {}

    family_number family = 0;
    std::optional<refusal> refused;
};

struct access_record {
    access_record() = default;

    family_number family = 0;
    std::vector<std::string> scope; ///< Maybe less than the login's.
    std::chrono::sys_seconds issued_at{};
    std::optional<std::chrono::sys_seconds> expires_at; ///< Empty: valid until revoked.
    grant user;                                         ///< For the calls that 1.0a's tokens make as well.
};

/// Tokens are kept as digests: finding one compares no secret.
///
/// Thread safety: not safe; the provider guards it.
class grants {
public:
    std::string issue_code(
        login_terms terms, code_binding binding, const random_source& random, std::chrono::sys_seconds now);

    /// A code works once: a second use ends the tokens of the first. A refusal for another reason leaves the code.
    exchange_result exchange_code(const code_exchange& request, std::chrono::sys_seconds now);

    /// A login without a code: a device's, or a client's own.
    family_number begin_family(login_terms terms);

    /// `client_id` and `played`: whose request it is. With rotation the token is used up, and a second use ends the
    /// family.
    exchange_result exchange_refresh_token(std::string_view token, std::string_view client_id, const face_rules& rules,
        const std::vector<std::string>& scope);

    /// `scope`: of this token; empty: the login's.
    std::string issue_access_token(family_number family, const std::vector<std::string>& scope, const face_rules& rules,
        const random_source& random, std::chrono::sys_seconds now);
    std::string issue_refresh_token(family_number family, const face_rules& rules, const random_source& random);

    /// Null if there is no such token of this provider, or it ended; then `reason` says why.
    const access_record* find_access_token(
        std::string_view token, face played, std::chrono::sys_seconds now, std::string& reason) const;
    const login_terms& terms_of(family_number family) const { return families_.at(family).terms; }

    /// The login that a token of this provider is of; null if there is none, or it ended.
    const login_terms* find_login(std::string_view token, face played) const;

    /// RFC 7009: a refresh token ends its whole family; so does an access token if `whole`. `found` is false if there is
    /// no such token of this provider. Another client's token is refused.
    std::optional<refusal> revoke(
        std::string_view token, std::string_view client_id, face played, bool whole, bool& found);
    void end_family(family_number family, std::string_view reason);
    /// Ends the logins of a user with a client, and the codes that were not exchanged.
    void end_logins(const consent& ended, std::string_view reason);

    /// The access tokens of this user expire now. How many there were.
    std::size_t expire_tokens_of(std::uint64_t user, std::chrono::sys_seconds now);

    /// Drops the codes; tokens stay.
    void clear_codes();

private:
    struct code_record {
        login_terms terms;
        code_binding binding;
        std::chrono::sys_seconds expires_at{};
        family_number family = 0; ///< 0: not used yet.
        std::string ended;        ///< Why; empty: it has not.
    };
    struct refresh_record {
        family_number family = 0;
        bool used = false;
    };
    struct family_record {
        login_terms terms;
        std::string ended; ///< Why; empty: it has not.
    };

    family_number family_of(std::string_view token) const;
    void drop_old_codes(std::chrono::sys_seconds now);

    std::unordered_map<std::string, code_record> codes_;
    std::deque<std::string> oldest_codes_;
    std::unordered_map<std::string, access_record> access_;
    std::deque<std::string> oldest_access_;
    std::unordered_map<std::string, refresh_record> refresh_;
    std::deque<std::string> oldest_refresh_;
    std::map<family_number, family_record> families_;
    family_number last_family_ = 0;
};

} // namespace coauth::sandbox
