// Which connections are admitted, and which make room for a new one: decisions without sockets.
#pragma once

#include "server/address_block.hpp"

#include <coauth/server/http_server.hpp>

#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <mutex>
#include <unordered_map>

namespace coauth::server {

/// The connections of one server, each busy or idle. A new one is idle: it has sent nothing yet.
///
/// At the limit, the connection that has been idle longest makes room for a new one. From then on it does not count,
/// although it is still open for a moment; a request that it has sent just then is answered. At most `slack`
/// connections may be leaving at once.
///
/// Each operation takes constant time, but for the search of an address in a tree.
///
/// Thread safety: safe; the connections call it from strands of their own.
class connection_table {
public:
    using id = std::uint64_t; ///< 0: none.

    struct decision {
        decision() = default;

        id admitted = 0; ///< 0: refused.
        id evicted = 0;  ///< Has to be closed.
    };

    /// `most_per_block` 0: no limit by address.
    connection_table(std::size_t most, std::size_t most_per_block);

    /// A new connection from an address of `block`.
    decision admit(const address_block& block);

    /// Makes room for a connection that could not be accepted: the one that has to be closed. 0: none is idle, or `slack`
    /// are leaving already.
    id evict() noexcept;

    /// Of one that was admitted and not removed; others are ignored.
    void idle(id number) noexcept;
    void busy(id number) noexcept;
    void remove(id number) noexcept;

    /// True if the next one from a new address would be admitted without an eviction.
    bool has_room() const;

    /// All but `answered`, which the table does not know.
    server_stats stats() const;

    std::size_t slack() const noexcept { return slack_; }

private:
    struct entry {
        entry(id number, const address_block& block) : number(number), block(block) {}

        id number;
        address_block block;
        bool is_idle = true;
        bool leaving = false;
    };
    using entries = std::list<entry>;

    entries::iterator find(id number) noexcept;
    bool may_evict() const noexcept;
    id evict_oldest() noexcept;
    void make_busy(entries::iterator entry) noexcept;

    const std::size_t most_;
    const std::size_t most_per_block_;
    const std::size_t slack_;

    mutable std::mutex mutex_;
    entries idle_; // the front has been idle longest
    entries busy_; // and those that are leaving
    std::unordered_map<id, entries::iterator> by_id_;
    std::map<address_block, std::size_t> by_block_;
    std::size_t leaving_ = 0;
    id last_ = 0;
    server_stats totals_;
};

} // namespace coauth::server
