// The stores of several machines, in a Redis. Link coauth::redis.
#pragma once

#include <coauth/export.hpp>
#include <coauth/secret.hpp>
#include <coauth/store/database.hpp>
#include <coauth/store/key_ring.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace coauth::store {

/// Where a Redis is, and who asks. Version 6.2 or later, or a server that speaks its protocol.
struct redis_options {
    redis_options() = default;

    /// Of a host, unless `socket` is given. Debian's client library has no TLS: for another machine use a tunnel (docs/06-stores.md).
    std::string host = "127.0.0.1";
    std::uint16_t port = 6379;
    std::string socket; ///< The path of a Unix socket.
    unsigned database = 0;

    std::string user; ///< Empty: `default`.
    secret password;  ///< Empty: none is sent.

    /// In front of every key; apps that share a Redis take one each. From 1 to 64 printable ASCII characters without braces.
    std::string prefix = "coauth:";

    /// Receives warnings, such as of a `maxmemory-policy` that evicts what was promised to stay, at the first connection. Empty: none.
    /// Called on any thread; must not throw.
    std::function<void(std::string_view)> on_warning;
};

/// `redis://HOST[:PORT][/DATABASE]` or `redis+unix:PATH`. Fails with `errc::invalid_argument` for anything else, a user or
/// password in the address included: those come from `COAUTH_REDIS_USER` and `COAUTH_REDIS_PASSWORD`, which this reads.
COAUTH_DECL result<redis_options> redis_from_address(std::string_view address);

/// Stores in a Redis. Connects at the first operation and again after a loss, with growing pauses of at most 1 s; an
/// operation that gets no reply within `database_options::deadline` throws `errc::store_unavailable`. One whose reply was lost
/// may have been carried out.
///
/// A login that ends is published: it reaches `login_store::watch` in every process, unless the connection is lost at that moment;
/// then what awaits it ends at its own deadline.
///
/// Throws `errc::invalid_argument` for options out of range. A thread of its own does the work; it ends with the last store.
COAUTH_DECL std::shared_ptr<database> redis_store(
    redis_options address, std::shared_ptr<key_ring> keys, database_options options = database_options());

} // namespace coauth::store
