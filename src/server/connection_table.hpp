// Who is connected, and who has to go when somebody new comes: decisions without sockets.
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
/// When all places are taken, the connection that has been idle longest makes room for a new one. It
/// does not count any more, although it takes a moment to go; and it may have sent a request in that
/// very moment, which is then answered. So that such moments can't add up, at most `slack` connections
/// may be leaving at once.
///
/// Nothing here depends on how many connections there are, except that the addresses are in a tree.
///
/// Thread safety: safe; the connections tell it what they do from strands of their own.
class connection_table {
public:
    using id = std::uint64_t; ///< 0: nobody.

    struct decision {
        decision() = default;

        id admitted = 0; ///< 0: refused.
        id evicted = 0;  ///< Has to be told to leave.
    };

    /// `most_per_block` 0: no limit by address.
    connection_table(std::size_t most, std::size_t most_per_block);

    /// A new connection from `from`.
    decision admit(const address_block& from);

    /// Of one that was admitted and not removed; others are ignored.
    void idle(id who) noexcept;
    void busy(id who) noexcept;
    void remove(id who) noexcept;

    /// True if the next one from a new address would be admitted without an eviction.
    bool has_room() const;

    /// All but what the table can't know: how many requests were answered.
    server_stats stats() const;

    std::size_t slack() const noexcept { return slack_; }

private:
    struct seat {
        seat(id who, const address_block& from) : who(who), from(from) {}

        id who;
        address_block from;
        bool is_idle = true;
        bool leaving = false;
    };
    using seats = std::list<seat>;

    seats::iterator find(id who) noexcept;
    void make_busy(seats::iterator which) noexcept;

    const std::size_t most_;
    const std::size_t most_per_block_;
    const std::size_t slack_;

    mutable std::mutex mutex_;
    seats idle_; // the front has been idle longest
    seats busy_; // and those that are leaving
    std::unordered_map<id, seats::iterator> by_id_;
    std::map<address_block, std::size_t> by_block_;
    std::size_t leaving_ = 0;
    id last_ = 0;
    server_stats totals_;
};

} // namespace coauth::server
