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

    /// Receives warnings, such as of a `maxmemory-policy` that evicts what was promised to stay, at the first connection.
    /// Empty: none. Called on any thread; must neither block nor throw.
    std::function<void(std::string_view)> on_warning;
};

/// `redis://HOST[:PORT][/DATABASE]` or `redis+unix:PATH`. Fails with `errc::invalid_argument` for anything else, a user or
/// password in the address included: those come from `COAUTH_REDIS_USER` and `COAUTH_REDIS_PASSWORD`, which this reads.
COAUTH_DECL result<redis_options> redis_from_address(std::string_view address);

/// Stores in a Redis. Connects at once, and again after a loss when there is something to do, with growing pauses of at most 1 s.
/// An operation waits for a connection and a reply for `database_options::deadline`, then throws `errc::store_unavailable`; so does
/// one whose reply is lost with its connection, unless it only reads: that is sent again. Where the reply is lost, the message says
/// that it may have been carried out; `error::not_sent` is true where it can't have been. What Redis refuses, such as a wrong
/// password, throws the same at once, with a hint.
///
/// A login that ends is added to a short list in Redis (a stream of some 10 000), and reaches `login_store::watch` in every process
/// within milliseconds, after a lost connection when that is back; what awaits one that is lost ends at its own deadline.
///
/// Deadlines, expiries and leases follow the clocks of the processes, which must agree to a second or so.
///
/// Throws `errc::invalid_argument` for options out of range. A thread of its own does the work, with all signals blocked; it ends
/// with the last store. Not for use after a fork.
COAUTH_DECL std::shared_ptr<database> redis_store(
    redis_options address, std::shared_ptr<key_ring> keys, database_options options = database_options());

} // namespace coauth::store
