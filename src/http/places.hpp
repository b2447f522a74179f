// The pool table, shared by threads: takes a place, waits for one, gives it back.
#pragma once

#include "http/bell.hpp"
#include "http/connection.hpp"
#include "http/http1/clean_end.hpp"
#include "http/limit.hpp"
#include "http/pool_table.hpp"

#include <coauth/http/connection_pool.hpp>

#include <boost/asio/awaitable.hpp>

#include <memory>
#include <mutex>
#include <vector>

namespace coauth::http {

class places;

/// A place in the pool while a request has it. Whatever happens, the place comes back; its
/// connection comes back only by `keep`, and is closed otherwise.
class lease {
public:
    using table = pool_table<std::unique_ptr<connection>, std::shared_ptr<bell>>;

    lease(std::shared_ptr<places> from, origin to, table::place taken);
    lease(lease&& other) noexcept = default;
    lease& operator=(lease&&) = delete;
    ~lease();

    bool has_connection() const noexcept { return line_ != nullptr; }
    connection& line() noexcept { return *line_; }

    /// Closes the connection there was, and puts in another.
    void replace(std::unique_ptr<connection> line);

    /// Gives the place back at once, with its connection.
    void keep(clean_end proof);

private:
    std::shared_ptr<places> from_; // empty: given back, or moved away
    origin to_;
    std::unique_ptr<connection> line_;
    table::time_point opened_;
};

/// Thread safety: safe. A coroutine calls `admit` and `drained` on a strand of its own.
class places : public std::enable_shared_from_this<places> {
public:
    explicit places(const pool_options& options);

    /// A place for `to`, when it is this request's turn. Throws `errc::timeout` at `until`, and
    /// `errc::cancelled` if the pool is closed.
    boost::asio::awaitable<lease> admit(origin to, limit until);

    /// Closes what is idle; from now on nothing is admitted.
    void close();

    /// Returns when the last place has been given back, after `close`.
    boost::asio::awaitable<void> drained();

    void count(std::size_t pool_stats::*what);
    pool_stats stats() const;

private:
    using table = lease::table;
    friend class lease;
    class queued;

    void give_back(const origin& to, std::unique_ptr<connection> line, table::time_point opened);
    void lose(const origin& to);
    std::optional<table::place> leave(const origin& to, table::ticket number);
    void wake(const table::handover& h, std::vector<std::shared_ptr<bell>> closers);
    std::vector<std::shared_ptr<bell>> closers_if_drained();

    mutable std::mutex mutex_;
    table table_;
    pool_stats counts_;
    std::vector<std::shared_ptr<bell>> closers_;
};

} // namespace coauth::http
