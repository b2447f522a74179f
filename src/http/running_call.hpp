// One `send`, from its slot in the pool to its response: carries out what a call's machine decides.
#pragma once

#include "http/call_deadlines.hpp"
#include "http/call_machine.hpp"
#include "http/http1/reply_reader.hpp"
#include "http/pool_setup.hpp"
#include "http/shared_pool.hpp"

#include <coauth/coro/one_shot.hpp>
#include <coauth/http/request.hpp>
#include <coauth/http/response.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <cstddef>
#include <exception>
#include <memory>
#include <optional>
#include <vector>

namespace coauth::http {

/// One call. Over a kept-alive connection it writes and reads with handlers, which need no memory of their own; a new connection
/// is opened by a coroutine.
///
/// Thread safety: everything happens on the call's strand, but what says otherwise.
/// Lifetime: shared by the operation in progress and what may interrupt it.
class running_call final : public call_deadlines::entry,
                           public slot_waiter,
                           public std::enable_shared_from_this<running_call> {
public:
    /// Resumes the coroutine that awaits the call.
    using handler = boost::asio::async_result<boost::asio::use_awaitable_t<>,
        void(std::exception_ptr, http::response)>::handler_type;

    running_call(std::shared_ptr<pool_setup> setup, http::request&& request);
    ~running_call() override;

    /// `caller` is resumed on its own executor, with an exception or a response. A cancellation of any type ends the call with
    /// `errc::cancelled`. Once only.
    void start(handler caller) noexcept;

private:
    class io_end;
    using error_code = boost::system::error_code;

    void deadline_passed() noexcept override; // on any thread
    std::shared_ptr<call_deadlines::entry> shared() noexcept override { return weak_from_this().lock(); }
    void slot_granted() override; // on any thread

    template <class Event>
    void after(Event event) noexcept;
    bool go_on();
    void cancel_by(boost::asio::cancellation_slot slot);
    void cancel() noexcept;
    void time_out() noexcept;
    void interrupt() noexcept;
    void finish();
    void fail(std::exception_ptr failure) noexcept;
    void end() noexcept;
    void resume();

    bool acquire();
    void take_slot(limit::clock::time_point at);
    void write();
    void written(const error_code& failure, std::size_t size);
    void read();
    void received(const error_code& failure, std::size_t size);
    void renew();

    void open_connection();
    boost::asio::awaitable<void> open();
    boost::asio::awaitable<void> resolve_next_hop();
    boost::asio::awaitable<void> connect();
    boost::asio::awaitable<void> open_tunnel();
    boost::asio::awaitable<void> handshake();

    reply_rules rules() const noexcept;
    limit::clock::time_point now() const { return setup_->options.clock->steady_now(); }
    void set_deadline() { setup_->deadlines->set(*this, machine_->deadline()); }

    const std::shared_ptr<pool_setup> setup_;
    http::request request_;
    boost::asio::any_io_executor strand_; // from the start on, as the next
    std::optional<call_machine> machine_;

    std::optional<request_slot> slot_;
    std::shared_ptr<one_shot> lookup_end_; // while the host is looked up
    std::vector<boost::asio::ip::tcp::endpoint> addresses_;
    std::optional<reply_reader> reader_; // refers to the buffer of the slot's connection
    std::exception_ptr failure_;
    http::response response_;
    boost::asio::any_io_executor executor_; // the caller's
    std::optional<handler> caller_;         // until it is resumed
};

} // namespace coauth::http
