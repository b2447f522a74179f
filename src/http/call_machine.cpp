#include "http/call_machine.hpp"

#include <coauth/system_failure.hpp>

#include <boost/asio/error.hpp>

#include <string>

namespace coauth::http {

namespace {

error connect_failure(const origin& hop, bool is_proxy, const boost::system::error_code& failure)
{
    std::string_view hint = shortage_hint(failure);
    if (hint.empty())
        hint = is_proxy ? "check that the proxy runs; its address is the pool's `proxy`: --proxy or COAUTH_PROXY"
                        : "check that the server runs and that no firewall is in between";
    const std::string host = (is_proxy ? "the proxy " : "") + hop.authority();
    return error(errc::connect_failed, "no connection to " + host + ": " + failure.message())
        .with_hint(std::string(hint));
}

} // namespace

call_machine::call_machine(
    const pool_options& options, const std::optional<origin>& proxy, const http::request& request, time_point now)
    : options_(options), proxy_(proxy), request_(request), tunnel_(proxy.has_value() && request.origin.https),
      total_(request.deadline.count() != 0 ? limit(now, request.deadline, "the deadline of this request")
                                           : limit(now, options.total_timeout, "total_timeout")),
      connecting_(total_), exchanging_(total_), deadline_(total_.at())
{}

void call_machine::acquired(bool reusable, time_point now)
{
    if (ended_by_interruption())
        return;
    reused_ = reusable;
    if (reusable)
        use_connection(now);
    else
        open_connection(now);
}

void call_machine::open_connection(time_point now)
{
    connecting_ = earlier(limit(now, options_.connect_timeout, "connect_timeout"), total_);
    deadline_ = connecting_.at();
    action_ = action::resolve;
}

void call_machine::resolved(std::size_t addresses, time_point now)
{
    if (ended_by_interruption())
        return;
    address_ = 0;
    addresses_ = addresses;
    if (addresses == 0)
        return end_with(connect_failure(next_hop(), tunnel_, make_error_code(boost::asio::error::host_not_found)));
    try_address(now);
}

void call_machine::try_address(time_point now)
{
    deadline_ = fair_share(now, connecting_, addresses_ - address_);
    action_ = action::connect;
}

void call_machine::connected(const boost::system::error_code& failure, time_point now)
{
    const bool in_time = interruption_ != interruption::time_out;
    if (!in_time)
        interruption_ = interruption::none; // it may have been the time of this address only
    if (ended_by_interruption())
        return;
    if (!failure && in_time) {
        deadline_ = connecting_.at();
        if (!request_.origin.https)
            return use_connection(now);
        action_ = tunnel_ ? action::open_tunnel : action::handshake;
        return;
    }
    if (connecting_.passed(now))
        return end_with(time_out_error());
    if (++address_ < addresses_)
        return try_address(now);
    end_with(connect_failure(next_hop(), tunnel_, in_time ? failure : make_error_code(boost::asio::error::timed_out)));
}

void call_machine::tunnel_opened()
{
    if (!ended_by_interruption())
        action_ = action::handshake;
}

void call_machine::secured(time_point now)
{
    if (!ended_by_interruption())
        use_connection(now);
}

void call_machine::use_connection(time_point now)
{
    exchanging_ = earlier(limit(now, options_.exchange_timeout, "exchange_timeout"), total_);
    deadline_ = exchanging_.at();
    action_ = action::write;
    sent_ = true;
}

void call_machine::written()
{
    if (!ended_by_interruption())
        action_ = action::read;
}

void call_machine::received()
{
    ended_by_interruption();
}

// The response is whole, so the caller gets it in any case.
void call_machine::response_read(exchange_end end)
{
    end.interrupted = end.interrupted || interruption_ != interruption::none;
    proof_ = prove(end);
    action_ = action::end;
}

// On a new connection: the other idle ones may be as dead as this one.
void call_machine::renewed(time_point now)
{
    if (ended_by_interruption())
        return;
    reused_ = false;
    open_connection(now);
}

void call_machine::failed(const error& reason, bool response_begun)
{
    if (ended_by_interruption())
        return;
    if (may_resend(request_.method, reused_, response_begun, reason.reason()))
        action_ = action::renew;
    else
        end_with(reason);
}

bool call_machine::time_out(time_point now) noexcept
{
    if (action_ == action::end || interruption_ != interruption::none || now < deadline_)
        return false;
    interruption_ = interruption::time_out;
    return true;
}

bool call_machine::cancel() noexcept
{
    if (action_ == action::end)
        return false;
    const bool first = interruption_ == interruption::none;
    interruption_ = interruption::cancellation;
    return first;
}

bool call_machine::ended_by_interruption()
{
    if (interruption_ == interruption::none)
        return false;
    if (interruption_ == interruption::cancellation)
        end_with(error(errc::cancelled, "the request was cancelled"));
    else
        end_with(time_out_error());
    return true;
}

void call_machine::end_with(const error& reason)
{
    failure_ = sent_ ? reason : reason.with_not_sent();
    action_ = action::end;
}

error call_machine::time_out_error() const
{
    switch (action_) {
    case action::acquire:
        return total_.exceeded("waiting for one of the connections to " + request_.origin.authority());
    case action::resolve:
        return connecting_.exceeded("looking up " + next_hop().host);
    case action::connect:
        return connecting_.exceeded("connecting to " + next_hop().authority());
    case action::open_tunnel:
        return connecting_.exceeded("asking the proxy for a tunnel");
    case action::handshake:
        return connecting_.exceeded("the TLS handshake with " + request_.origin.authority());
    default:
        return exchanging_.exceeded("the exchange");
    }
}

} // namespace coauth::http
