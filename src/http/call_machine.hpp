// The decisions of one `send`, without I/O: events in, the next action out.
#pragma once

#include "http/http1/clean_end.hpp"
#include "http/limit.hpp"

#include <coauth/error.hpp>
#include <coauth/http/connection_pool.hpp>

#include <cstddef>
#include <optional>
#include <string_view>

namespace coauth::http {

/// True for a GET whose kept-alive connection was lost before any octet of the response: the server closed
/// it while the request was in flight. Any other request may have been carried out.
inline bool may_resend(std::string_view method, bool reused, bool response_begun, errc reason) noexcept
{
    return method == "GET" && reused && !response_begun && reason == errc::connection_lost;
}

/// What a request needs next, from the wait for a slot of the pool to its response. A driver carries out `next()` and
/// reports its end by the event of that action, or by `failed`.
///
/// A time-out and a cancellation may come at any time, any number of times, between those events. Where one returns
/// true, the driver interrupts the action: it closes the connection and ends the wait. The action then ends early, with
/// any result, and the machine decides.
class call_machine {
public:
    using time_point = limit::clock::time_point;

    enum class action {
        acquire,     ///< Take a slot of the pool, or wait for one: `acquired`.
        resolve,     ///< Put a new connection in the slot, look up `next_hop()`: `resolved`.
        connect,     ///< Connect to the address number `address()`: `connected`.
        open_tunnel, ///< Ask the proxy for a tunnel to the origin: `tunnel_opened`.
        handshake,   ///< Start TLS: `secured`.
        write,       ///< Write the request: `written`.
        read,        ///< Read some of the response: `received` or `response_read`.
        renew,       ///< Renew what the request may use once only: `renewed`.
        end          ///< Throw `failure()`, or return the response; reuse the connection only with `proof()`.
    };

    /// All but `now` must outlive the machine.
    call_machine(
        const pool_options& options, const std::optional<origin>& proxy, const http::request& request, time_point now);

    action next() const noexcept { return action_; }

    /// The next action opens a connection.
    bool is_opening() const noexcept { return action_ >= action::resolve && action_ <= action::handshake; }

    /// When `time_out` is due. Meaningless at the end.
    time_point deadline() const noexcept { return deadline_; }

    const origin& next_hop() const noexcept { return tunnel_ ? *proxy_ : request_.origin; }
    std::size_t address() const noexcept { return address_; }

    /// True while the connection is one that another request has used.
    bool reuses_connection() const noexcept { return reused_; }

    /// `reusable`: the slot has a connection that is open and silent.
    void acquired(bool reusable, time_point now);
    void resolved(std::size_t addresses, time_point now);
    void connected(const boost::system::error_code& failure, time_point now);
    void tunnel_opened();
    void secured(time_point now);
    void written();
    void received();
    void response_read(exchange_end end);
    void renewed(time_point now);

    /// The action failed. `response_begun`: any byte of the response has come.
    void failed(const error& reason, bool response_begun);

    /// Returns whether to interrupt the action; false before the deadline.
    [[nodiscard]] bool time_out(time_point now) noexcept;
    [[nodiscard]] bool cancel() noexcept;

    const std::optional<error>& failure() const noexcept { return failure_; }
    const std::optional<clean_end>& proof() const noexcept { return proof_; }

private:
    enum class interruption { none, time_out, cancellation };

    void open_connection(time_point now);
    void try_address(time_point now);
    void use_connection(time_point now);
    bool ended_by_interruption();
    void end_with(const error& reason);
    error time_out_error() const;

    const pool_options& options_;
    const std::optional<origin>& proxy_;
    const http::request& request_;
    const bool tunnel_;
    const limit total_;
    limit connecting_; ///< For all that opens a connection.
    limit exchanging_;
    time_point deadline_;

    action action_ = action::acquire;
    interruption interruption_ = interruption::none;
    bool reused_ = false;
    bool sent_ = false; ///< Some of the request may have left.
    std::size_t address_ = 0;
    std::size_t addresses_ = 0;
    std::optional<error> failure_;
    std::optional<clean_end> proof_;
};

} // namespace coauth::http
