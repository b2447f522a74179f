// Who may use which connection next: the pool's decisions, without a socket, a lock or a clock.
#pragma once

#include <coauth/http/origin.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iterator>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace coauth::http {

/// The connections and the queue of each origin.
///
/// A request gets a place: one of at most N per origin. A place comes with an idle connection, or
/// empty, to open one in. If all are taken the request waits, and places are handed on in the order
/// requests came; nobody overtakes. Connections and waiters are values that the table keeps and
/// gives back; it never looks into them.
///
/// What makes connections exchangeable is the origin alone: proxy and trust are the same for a
/// whole pool, and a pool has one table.
template <class Connection, class Waiter>
class pool_table {
public:
    using time_point = std::chrono::steady_clock::time_point;
    using ticket = std::uint64_t;

    /// One of an origin's N.
    struct place {
        place() = default;

        std::optional<Connection> connection; ///< Empty: the one who has the place opens one.
        time_point opened{};                  ///< When `connection` was opened.
    };

    pool_table(std::size_t most_per_origin, std::chrono::milliseconds idle_timeout, std::chrono::milliseconds lifetime)
        : most_(most_per_origin), idle_timeout_(idle_timeout), lifetime_(lifetime)
    {}

    /// What a request found.
    struct admission {
        admission() = default;

        std::optional<place> granted;  ///< Empty: all places are taken.
        std::vector<Connection> close; ///< Idle connections, of any origin, that are past their limits.
    };

    /// A place at once if there is one, with the most recently used connection if there is one.
    admission acquire(const origin& to, time_point now)
    {
        admission out;
        out.close = sweep(now);
        entry& e = origins_[to];
        if (!e.idle.empty()) {
            place& p = out.granted.emplace();
            p.connection = std::move(e.idle.back().connection);
            p.opened = e.idle.back().opened;
            e.idle.pop_back();
            ++e.busy;
        } else if (e.busy < most_) {
            out.granted.emplace();
            ++e.busy;
        }
        return out;
    }

    /// Queues for a place, after `acquire` found none.
    ticket wait(const origin& to, Waiter who)
    {
        const ticket number = ++last_ticket_;
        origins_[to].queue.emplace(number, std::move(who));
        ++waiting_;
        return number;
    }

    /// Leaves the queue: with the place it was given meanwhile, or with none.
    std::optional<place> leave(const origin& to, ticket number)
    {
        if (const auto given = given_.find(number); given != given_.end()) {
            std::optional<place> out(std::move(given->second));
            given_.erase(given);
            return out;
        }
        if (const auto found = origins_.find(to); found != origins_.end()) {
            waiting_ -= found->second.queue.erase(number);
            drop_if_empty(found);
        }
        return std::nullopt;
    }

    /// What became of a place that was given back.
    struct handover {
        handover() = default;

        std::optional<Waiter> wake;      ///< Has a place now; it takes it by `leave`.
        std::optional<Connection> close; ///< Is not wanted any more.
    };

    /// A place comes back with a connection that may be used again.
    handover give_back(const origin& to, Connection connection, time_point opened, time_point now)
    {
        handover out;
        if (now >= opened + lifetime_) {
            out = lose(to);
            out.close = std::move(connection);
            return out;
        }
        const auto found = origins_.find(to);
        entry& e = found->second;
        place offered;
        offered.connection = std::move(connection);
        offered.opened = opened;
        if (!e.queue.empty()) {
            out.wake = give_to_the_first(e, std::move(offered));
            return out;
        }
        --e.busy;
        if (closed_) {
            out.close = std::move(offered.connection);
        } else {
            e.idle.emplace_back(std::move(*offered.connection), opened, now);
            next_sweep_ = std::min(next_sweep_, worn_out_at(e.idle.back()));
        }
        drop_if_empty(found);
        return out;
    }

    /// A place comes back without a connection.
    handover lose(const origin& to)
    {
        handover out;
        const auto found = origins_.find(to);
        entry& e = found->second;
        if (!e.queue.empty()) {
            out.wake = give_to_the_first(e, place());
            return out;
        }
        --e.busy;
        drop_if_empty(found);
        return out;
    }

    /// From now on nothing stays idle. Returns what was; those who wait are still served.
    std::vector<Connection> close()
    {
        closed_ = true;
        return take_idle([](const idle_connection&) { return true; });
    }

    bool closed() const noexcept { return closed_; }

    /// True once nobody has a place or waits for one, and nothing is idle.
    bool empty() const noexcept { return origins_.empty() && given_.empty(); }

    std::size_t waiting() const noexcept { return waiting_; }

    std::size_t idle() const noexcept
    {
        std::size_t n = 0;
        for (const auto& [to, e] : origins_)
            n += e.idle.size();
        return n;
    }

    /// Places taken and connections idle.
    std::size_t open() const noexcept
    {
        std::size_t n = 0;
        for (const auto& [to, e] : origins_)
            n += e.busy + e.idle.size();
        return n;
    }

private:
    struct idle_connection {
        idle_connection(Connection c, time_point o, time_point s) : connection(std::move(c)), opened(o), since(s) {}

        Connection connection;
        time_point opened;
        time_point since;
    };

    struct entry {
        std::size_t busy = 0;
        std::vector<idle_connection> idle; // least recently used first
        std::map<ticket, Waiter> queue;    // in the order they came; not empty only while all places are taken
    };

    struct hash {
        std::size_t operator()(const origin& o) const noexcept
        {
            return std::hash<std::string>()(o.host) * 31 + o.port * 2u + (o.https ? 1u : 0u);
        }
    };

    using origin_map = std::unordered_map<origin, entry, hash>;

    time_point worn_out_at(const idle_connection& c) const noexcept
    {
        return std::min(c.since + idle_timeout_, c.opened + lifetime_);
    }

    // Looks at the idle connections only when one of them can be past its limits.
    std::vector<Connection> sweep(time_point now)
    {
        if (now < next_sweep_)
            return {};
        next_sweep_ = time_point::max();
        return take_idle([this, now](const idle_connection& c) {
            const auto end = worn_out_at(c);
            if (now < end)
                next_sweep_ = std::min(next_sweep_, end);
            return now >= end;
        });
    }

    // The place changes hands, so it stays busy.
    Waiter give_to_the_first(entry& e, place offered)
    {
        auto first = e.queue.begin();
        given_.emplace(first->first, std::move(offered));
        Waiter who = std::move(first->second);
        e.queue.erase(first);
        --waiting_;
        return who;
    }

    template <class Unwanted>
    std::vector<Connection> take_idle(Unwanted unwanted)
    {
        std::vector<Connection> taken;
        for (auto o = origins_.begin(); o != origins_.end();) {
            auto& idle = o->second.idle;
            for (auto c = idle.begin(); c != idle.end();) {
                if (unwanted(*c)) {
                    taken.push_back(std::move(c->connection));
                    c = idle.erase(c);
                } else {
                    ++c;
                }
            }
            o = drop_if_empty(o);
        }
        return taken;
    }

    typename origin_map::iterator drop_if_empty(typename origin_map::iterator o)
    {
        const entry& e = o->second;
        return e.busy == 0 && e.idle.empty() && e.queue.empty() ? origins_.erase(o) : std::next(o);
    }

    std::size_t most_;
    std::chrono::milliseconds idle_timeout_;
    std::chrono::milliseconds lifetime_;
    origin_map origins_;
    time_point next_sweep_ = time_point::max();
    std::map<ticket, place> given_; // to waiters who have not come for it yet
    ticket last_ticket_ = 0;
    std::size_t waiting_ = 0;
    bool closed_ = false;
};

} // namespace coauth::http
