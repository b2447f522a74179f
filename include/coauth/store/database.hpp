// The three stores of a program, in one place.
#pragma once

#include <coauth/coro/clock.hpp>
#include <coauth/export.hpp>
#include <coauth/store/login_store.hpp>
#include <coauth/store/token_store.hpp>
#include <coauth/store/visitor_store.hpp>

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <memory>

namespace coauth::store {

/// Options of every database.
struct database_options {
    database_options() = default;

    login_limits logins;
    visitor_limits visitors;

    /// How long an operation may take: waiting for other processes, for a connection, for a reply. Then it fails with
    /// `errc::store_unavailable`. Default 5 s, from 100 ms to 60 s.
    std::chrono::milliseconds deadline{5'000};

    /// An input for tests; leave it unset in production. Time of day, since a database outlives the program.
    std::shared_ptr<coauth::clock> clock;
};

/// What `database::reseal` has looked at.
struct reseal_counts {
    reseal_counts() = default;

    std::size_t resealed = 0; ///< Records that an older key had sealed.
    std::size_t records = 0;  ///< All: 0 for a database that holds nothing.
};

/// Throws `errc::invalid_argument` for options out of range.
COAUTH_DECL void check(const database_options& options);

/// Pending logins, credentials and signed-in browsers that are kept together: in memory, in a file (`sqlite_store.hpp`) or
/// in a Redis (`redis_store.hpp`).
///
/// Where it is not memory, every record is sealed (AES-256-GCM, see docs/06-stores.md). An operation that meets a record it can't
/// open fails with `errc::sealed_record`; others go on.
///
/// Thread safety: safe. Lifetime: a store that it gave keeps working without it.
class COAUTH_DECL database {
public:
    virtual ~database();

    virtual std::shared_ptr<login_store> logins() = 0;
    virtual std::shared_ptr<token_store> tokens() = 0;
    virtual std::shared_ptr<visitor_store> visitors() = 0;

    /// Seals anew with the newest key what older ones sealed, in small steps while others are served. After it no record
    /// that was there needs an older key. A record that can't be opened fails it with `errc::sealed_record`, after all
    /// others. In a Redis that is written to meanwhile a record may be counted twice. Memory: nothing is sealed, and
    /// both counts are 0.
    virtual boost::asio::awaitable<reseal_counts> reseal() = 0;
};

/// Everything in memory: gone with the program.
COAUTH_DECL std::shared_ptr<database> memory_database(database_options options = database_options());

} // namespace coauth::store
