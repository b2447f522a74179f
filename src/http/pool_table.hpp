// Which request uses which connection: the pool's decisions, without a socket, a lock or a clock.
#pragma once

#include <coauth/http/origin.hpp>

#include <boost/intrusive/list.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <functional>
#include <iterator>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace coauth::http {

/// The connections and the queue of each origin.
///
/// A request gets a slot: one of at most N per origin. A slot comes with an idle connection, or
/// empty, to open one in. If all are taken the request waits, and slots are handed on in the order
/// requests came; none overtakes another. Connections and waiters are values that the table keeps and
/// gives back; it never looks into them.
///
/// What makes connections exchangeable is the origin alone: proxy and trust are the same for a
/// whole pool, and a pool has one table.
template <class Connection, class Waiter>
class pool_table {
public:
    using time_point = std::chrono::steady_clock::time_point;

    /// One of an origin's N.
    struct slot {
        slot() = default;

        std::optional<Connection> connection; ///< Empty: the request opens one.
        time_point opened{};                  ///< When `connection` was opened.
    };

    /// A waiter's place in the queue, where it stays until it leaves. The waiter owns it, so handing a slot on needs no memory.
    class place : public boost::intrusive::list_base_hook<> {
    public:
        explicit place(Waiter waiter) : waiter_(std::move(waiter)) {}

    private:
        friend class pool_table;

        Waiter waiter_;
        std::optional<slot> given_; // and not taken yet
    };

    pool_table(std::size_t most_per_origin, std::chrono::milliseconds idle_timeout, std::chrono::milliseconds lifetime)
        : most_(most_per_origin), idle_timeout_(idle_timeout), lifetime_(lifetime)
    {}

    /// What a request found.
    struct admission {
        admission() = default;

        std::optional<slot> granted;   ///< Empty: all slots are taken.
        std::vector<Connection> close; ///< Idle connections, of any origin, that are past their limits.
    };

    /// A slot at once if there is one, with the most recently used connection if there is one.
    admission acquire(const origin& to, time_point now)
    {
        admission out;
        out.close = sweep(now);
        const auto found = origins_.try_emplace(to).first;
        entry& e = found->second;
        try {
            e.idle.reserve(e.idle.size() + e.busy + 1);
        } catch (...) {
            drop_if_empty(found);
            throw;
        }
        if (!e.idle.empty()) {
            slot& p = out.granted.emplace();
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

    /// Queues for a slot, after `acquire` found none.
    void wait(const origin& to, place& waiting)
    {
        origins_[to].queue.push_back(waiting);
        ++waiting_;
    }

    /// Leaves the queue, with the slot that was given meanwhile, if any.
    std::optional<slot> leave(const origin& to, place& left)
    {
        if (left.given_) {
            given_.erase(queue::s_iterator_to(left));
            return std::exchange(left.given_, std::nullopt);
        }
        if (left.is_linked()) {
            const auto found = origins_.find(to);
            found->second.queue.erase(queue::s_iterator_to(left));
            --waiting_;
            drop_if_empty(found);
        }
        return std::nullopt;
    }

    /// A waiter that has a slot.
    struct granted {
        granted(Waiter new_waiter, place& new_at) : waiter(std::move(new_waiter)), at(&new_at) {}

        Waiter waiter;
        place* at;
    };

    /// It could not be told: its place keeps the waiter again, unless it has left meanwhile.
    void not_told(granted& missed)
    {
        const auto is_there = [&](const place& p) { return &p == missed.at; };
        if (std::any_of(given_.begin(), given_.end(), is_there))
            missed.at->waiter_ = std::move(missed.waiter);
    }

    /// The effects of a slot's return.
    struct handover {
        handover() = default;

        std::optional<granted> wake;     ///< Has a slot now, and takes it by `leave`.
        std::optional<Connection> close; ///< Not needed any more.
    };

    /// A slot comes back, with a connection if that may be used again.
    handover give_back(const origin& to, std::optional<Connection> connection, time_point opened, time_point now)
    {
        handover out;
        slot returned;
        returned.opened = opened;
        if (connection && now >= opened + lifetime_)
            out.close = std::move(connection);
        else
            returned.connection = std::move(connection);
        const auto found = origins_.find(to);
        entry& e = found->second;
        if (!e.queue.empty()) {
            out.wake = give_to_the_first(e, std::move(returned));
            return out;
        }
        --e.busy;
        if (returned.connection && closed_) {
            out.close = std::move(returned.connection);
        } else if (returned.connection) {
            e.idle.emplace_back(std::move(*returned.connection), opened, now);
            next_sweep_ = std::min(next_sweep_, expires_at(e.idle.back()));
        }
        drop_if_empty(found);
        return out;
    }

    /// From now on no connection stays idle. Returns those that were; requests that wait are still served.
    std::vector<Connection> close()
    {
        closed_ = true;
        return take_idle([](const idle_connection&) { return true; });
    }

    bool closed() const noexcept { return closed_; }

    /// True if no slot is taken, no request waits for one, and no connection is idle.
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

    using queue = boost::intrusive::list<place>; // in the order they came

    struct entry {
        std::size_t busy = 0;
        std::vector<idle_connection> idle; // least recently used first; with room for those that are busy
        pool_table::queue queue;           // not empty only while all slots are taken
    };

    struct hash {
        std::size_t operator()(const origin& o) const noexcept
        {
            return std::hash<std::string>()(o.host) * 31 + o.port * 2u + (o.https ? 1u : 0u);
        }
    };

    using origin_map = std::unordered_map<origin, entry, hash>;

    time_point expires_at(const idle_connection& c) const noexcept
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
            const auto end = expires_at(c);
            if (now < end)
                next_sweep_ = std::min(next_sweep_, end);
            return now >= end;
        });
    }

    // The slot changes hands, so it stays busy.
    granted give_to_the_first(entry& e, slot offered)
    {
        place& first = e.queue.front();
        e.queue.pop_front();
        --waiting_;
        first.given_ = std::move(offered);
        given_.push_back(first);
        return granted(std::move(first.waiter_), first);
    }

    template <class Predicate>
    std::vector<Connection> take_idle(Predicate remove)
    {
        std::vector<Connection> taken;
        for (auto o = origins_.begin(); o != origins_.end();) {
            auto& idle = o->second.idle;
            for (auto c = idle.begin(); c != idle.end();) {
                if (remove(*c)) {
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
    queue given_; // those that have a slot, and have not taken it yet
    std::size_t waiting_ = 0;
    bool closed_ = false;
};

} // namespace coauth::http
