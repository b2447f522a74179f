// Where access tokens are kept.
#pragma once

#include <coauth/export.hpp>
#include <coauth/oauth1/credentials.hpp>

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace coauth::store {

/// An access token, and which of a person's tokens it is.
struct stored_token {
    stored_token(oauth1::access_token new_token, std::uint64_t new_version)
        : token(std::move(new_token)), version(new_version)
    {}

    oauth1::access_token token;
    std::uint64_t version; ///< Differs from that of every other token the store ever held for the person.
};

/// Access tokens by the person's id at the provider, in memory or in a database.
///
/// Operations throw `errc::store_unavailable` when the store can't be reached, and honour cancellation.
///
/// Thread safety: safe. Lifetime: what an operation returned needs the store until it has ended.
class COAUTH_DECL token_store {
public:
    virtual ~token_store();

    virtual boost::asio::awaitable<std::optional<stored_token>> find(std::string user_id) = 0;

    /// Keeps a token in place of the one there was, and returns its version. Once this has returned the
    /// token outlives the program, if the store is one that does.
    virtual boost::asio::awaitable<std::uint64_t> put(std::string user_id, oauth1::access_token token) = 0;

    /// Forgets a person's token. With a `version`, only if it is still that one: a token that came
    /// meanwhile stays. Returns whether one was forgotten.
    virtual boost::asio::awaitable<bool> remove(std::string user_id, std::optional<std::uint64_t> version) = 0;
};

} // namespace coauth::store
