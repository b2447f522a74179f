// Where the users' credentials are kept.
#pragma once

#include <coauth/export.hpp>
#include <coauth/identity/credential.hpp>
#include <coauth/identity/user.hpp>

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>

namespace coauth::store {

/// A credential, and which of the user's credentials it is.
struct stored_credential {
    stored_credential(credential new_held, std::uint64_t new_version) : held(std::move(new_held)), version(new_version)
    {}

    credential held;
    std::uint64_t version; ///< Differs from that of every other credential the store ever held for the user.
};

/// Credentials by provider and user id, in memory or in a database. One store may serve several providers and several
/// processes.
///
/// Operations throw `errc::store_unavailable` when the store can't be reached, and honour cancellation. Each is one atomic
/// step.
///
/// Thread safety: safe. Lifetime: what an operation returned needs the store until it has ended.
class COAUTH_DECL token_store {
public:
    virtual ~token_store();

    virtual boost::asio::awaitable<std::optional<stored_credential>> find(user_key user) = 0;

    /// Keeps a credential in place of the one there was, and returns its version. Once this has returned the
    /// credential outlives the program, if the store is one that does.
    virtual boost::asio::awaitable<std::uint64_t> put(user_key user, credential held) = 0;

    /// The same if the user's credential is still of this `version`; returns the new version, or nothing if it is not.
    virtual boost::asio::awaitable<std::optional<std::uint64_t>> replace_if(
        user_key user, std::uint64_t version, credential held) = 0;

    /// Lets one of many renew: true if the user's credential is still of this `version`, and nobody holds the lease on it.
    /// The caller holds it for `time` then, or until the credential is replaced.
    virtual boost::asio::awaitable<bool> lease(
        user_key user, std::uint64_t version, std::chrono::milliseconds time) = 0;

    /// Forgets a user's credential. With a `version`, only if it is still that one: a credential that came
    /// meanwhile stays. Returns whether one was forgotten.
    virtual boost::asio::awaitable<bool> remove(user_key user, std::optional<std::uint64_t> version) = 0;
};

} // namespace coauth::store
