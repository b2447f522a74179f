#include "http/call.hpp"

#include "coro/clock_timer.hpp"
#include "http/call_machine.hpp"
#include "http/host.hpp"
#include "http/http1/reply_reader.hpp"
#include "http/http1/request_text.hpp"
#include "http/http1/tunnel.hpp"
#include "http/http1/wire_check.hpp"
#include "http/resolution.hpp"
#include "http/tls_failure.hpp"

#include <coauth/coro/as_result.hpp>

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/this_coro.hpp>

#include <new>
#include <string>
#include <utility>
#include <vector>

namespace coauth::http {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

reply_rules rules_for(const pool_options& options, const request& request)
{
    reply_rules rules;
    rules.max_header = options.max_header;
    rules.max_body = options.max_body;
    rules.without_body = request.method == "HEAD";
    return rules;
}

// Only what may be used once only may differ.
void renew_request(request& request)
{
    if (!request.renew)
        return;
    const origin to = request.origin;
    const std::string method = request.method;
    const auto renew = request.renew; // a copy: the function may replace itself
    renew(request);
    if (request.origin != to || request.method != method)
        throw error(errc::invalid_argument, "the renewed request has another origin or method");
    check_for_the_wire(request).value();
}

/// Carries out what the machine decides. Everything happens on the strand of the call.
class running_call : public std::enable_shared_from_this<running_call> {
public:
    running_call(std::shared_ptr<const pool_setup> setup, std::shared_ptr<shared_pool> pool, http::request request)
        : setup_(std::move(setup)), pool_(std::move(pool)), request_(std::move(request)),
          machine_(setup_->options, setup_->proxy, request_, now())
    {}

    void start(const asio::any_io_executor& strand)
    {
        timer_.emplace(clock_timer::on_strand(), strand, setup_->options.clock, [call = weak_from_this()] {
            if (const auto self = call.lock())
                self->time_out();
        });
    }

    /// Sets the timer for the next action; false if there is none.
    bool prepare()
    {
        if (machine_.next() == call_machine::action::end)
            return false;
        if (timer_at_ != machine_.deadline()) {
            timer_at_ = machine_.deadline();
            timer_->set(machine_.deadline());
        }
        return true;
    }

    asio::awaitable<void> perform()
    {
        using action = call_machine::action;
        switch (machine_.next()) {
        case action::acquire:
            return acquire();
        case action::resolve:
            return resolve_next_hop();
        case action::connect:
            return connect();
        case action::open_tunnel:
            return open_tunnel_to_origin();
        case action::handshake:
            return handshake();
        case action::write:
            return write();
        case action::read:
            return read();
        default:
            return renew();
        }
    }

    void failed(const error& reason) { machine_.failed(reason, reader_ && reader_->begun()); }

    void cancel() noexcept
    {
        if (machine_.cancel())
            interrupt();
    }

    response take_response()
    {
        if (machine_.failure())
            throw *machine_.failure();
        if (machine_.proof())
            slot_->keep(*machine_.proof(), now());
        return std::move(response_);
    }

private:
    limit::clock::time_point now() const { return setup_->options.clock->steady_now(); }

    // Early if memory is exhausted, or a user's clock sleeps too short: then the timer is set again.
    void time_out() noexcept
    {
        timer_at_.reset();
        if (machine_.time_out(now()))
            return interrupt();
        try {
            prepare();
        } catch (const std::bad_alloc&) {
            // The next action sets it.
        }
    }

    // Without memory a wait goes on until its own end.
    void interrupt() noexcept
    {
        if (slot_ && slot_->has_connection())
            slot_->connection().close();
        if (!wait_)
            return;
        try {
            wait_->fire();
        } catch (const std::bad_alloc&) {}
    }

    asio::awaitable<void> acquire()
    {
        slot_claim claim = pool_->acquire(request_.origin, now());
        wait_ = claim.granted();
        if (wait_)
            co_await wait_->wait();
        auto slot = claim.take();
        if (!slot)
            throw error(errc::cancelled); // interrupted
        slot_.emplace(std::move(*slot));
        const bool reusable = slot_->has_connection() && slot_->connection().is_quiet();
        machine_.acquired(reusable, now());
    }

    asio::awaitable<void> resolve_next_hop()
    {
        const auto size = reply_reader::buffer_size(rules_for(setup_->options, request_));
        slot_->put(std::make_unique<connection>(setup_->executor, setup_->tls, size), now());
        const origin& next = machine_.next_hop();
        addresses_ = setup_->addresses->find(next, now());
        if (addresses_.empty()) {
            wait_ = std::make_shared<one_shot>();
            addresses_ = co_await resolve(next.host, next.port, wait_);
            keep_addresses(next);
        }
        // The name was found to be this machine's; its addresses must be, too.
        if (!request_.origin.https)
            std::erase_if(addresses_, [](const tcp::endpoint& e) { return !e.address().is_loopback(); });
        machine_.resolved(addresses_.size(), now());
    }

    void keep_addresses(const origin& next)
    {
        if (is_ip_address(next.host))
            return;
        pool_->count(&pool_stats::resolved);
        setup_->addresses->keep(next, addresses_, now());
    }

    asio::awaitable<void> connect()
    {
        const auto failure = co_await slot_->connection().connect(addresses_[machine_.address()]);
        machine_.connected(failure, now());
        if (machine_.next() == call_machine::action::end)
            setup_->addresses->remove(machine_.next_hop());
    }

    asio::awaitable<void> open_tunnel_to_origin()
    {
        co_await open_tunnel(slot_->connection(), request_.origin, machine_.next_hop());
        machine_.tunnel_opened();
    }

    asio::awaitable<void> handshake()
    {
        const auto failure = co_await slot_->connection().handshake(request_.origin, setup_->tls_sessions);
        if (failure) {
            setup_->addresses->remove(machine_.next_hop()); // another host's by now, perhaps
            throw tls_failure(request_.origin.authority(), failure, slot_->connection().certificate_verdict());
        }
        if (slot_->connection().resumed())
            pool_->count(&pool_stats::resumed);
        machine_.secured(now());
    }

    asio::awaitable<void> write()
    {
        pool_->count(machine_.reuses_connection() ? &pool_stats::reused : &pool_stats::connected);
        reader_.emplace(slot_->connection().buffer(), rules_for(setup_->options, request_));
        const std::string text = request_text(request_);
        auto [failure, size] = co_await slot_->connection().write(asio::buffer(text));
        if (failure)
            throw error(errc::connection_lost, "the connection broke while the request was sent: " + failure.message());
        machine_.written();
    }

    asio::awaitable<void> read()
    {
        const auto space = reader_->space();
        auto [failure, size] = co_await slot_->connection().read_some(space);
        reader_->read(failure, size);
        if (!reader_->done()) {
            machine_.received();
            co_return;
        }
        exchange_end end;
        end.whole = true;
        end.peer_keeps = reader_->keeps_alive();
        end.bytes_left = reader_->bytes_left();
        end.tls_bytes_left = slot_->connection().tls_bytes_left();
        end.interrupted = !slot_->connection().is_open();
        response_ = reader_->take();
        end.status = response_.status;
        machine_.response_read(end);
    }

    asio::awaitable<void> renew()
    {
        renew_request(request_);
        pool_->count(&pool_stats::sent_again);
        machine_.renewed(now());
        co_return;
    }

    const std::shared_ptr<const pool_setup> setup_;
    const std::shared_ptr<shared_pool> pool_;
    http::request request_;
    call_machine machine_;
    std::optional<clock_timer> timer_;
    std::optional<limit::clock::time_point> timer_at_; // empty: not set

    std::optional<held_slot> slot_;
    std::shared_ptr<one_shot> wait_; // of the last action that had one
    std::vector<tcp::endpoint> addresses_;
    std::optional<reply_reader> reader_; // refers to the buffer of the slot's connection
    response response_;
};

// Asio calls the filter of a coroutine's cancellation state for each cancellation, on the coroutine's strand. This one
// lets none through: a cancellation is an input of the machine, and interrupts as a time-out does.
class cancellation_input {
public:
    explicit cancellation_input(std::weak_ptr<running_call> call) : call_(std::move(call)) {}

    asio::cancellation_type_t operator()(asio::cancellation_type_t) const noexcept
    {
        if (const auto call = call_.lock())
            call->cancel();
        return asio::cancellation_type::none;
    }

private:
    std::weak_ptr<running_call> call_;
};

} // namespace

asio::awaitable<response> call(
    std::shared_ptr<const pool_setup> setup, std::shared_ptr<shared_pool> pool, request request)
{
    auto strand = co_await asio::this_coro::executor;
    const auto running = std::make_shared<running_call>(std::move(setup), std::move(pool), std::move(request));
    const cancellation_input input(running);
    co_await asio::this_coro::reset_cancellation_state(input, asio::disable_cancellation());
    running->start(strand);
    while (running->prepare())
        try {
            co_await running->perform();
        } catch (const boost::system::system_error&) {
            running->failed(error_from_current_exception());
        }
    co_return running->take_response();
}

} // namespace coauth::http
