#include "http/running_call.hpp"

#include "coro/retry_allocation.hpp"
#include "http/http1/request_text.hpp"

#include <coauth/coro/as_result.hpp>

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/defer.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>

#include <new>
#include <string>
#include <utility>

namespace coauth::http {

namespace asio = boost::asio;

// The end of a write or a read.
class running_call::io_end {
public:
    using executor_type = asio::any_io_executor;
    using event = void (running_call::*)(const error_code&, std::size_t);

    io_end(std::shared_ptr<running_call> call, event then) noexcept : call_(std::move(call)), then_(then) {}

    const executor_type& get_executor() const noexcept { return call_->strand_; }

    void operator()(const error_code& failure, std::size_t size) noexcept
    {
        const auto call = std::move(call_);
        call->after([&] { ((*call).*then_)(failure, size); });
    }

private:
    std::shared_ptr<running_call> call_;
    event then_;
};

running_call::running_call(std::shared_ptr<pool_setup> setup, http::request&& request)
    : setup_(std::move(setup)), request_(std::move(request))
{}

reply_rules running_call::rules() const noexcept
{
    reply_rules rules;
    rules.max_header = setup_->options.max_header;
    rules.max_body = setup_->options.max_body;
    rules.without_body = request_.method == "HEAD";
    return rules;
}

running_call::~running_call()
{
    caller_.reset();
    setup_->deadlines->clear(*this); // set again by `deadline_passed`, perhaps
    if (strand_)
        setup_->strands.give_back(std::move(strand_));
}

// Must not throw: Asio would destroy the coroutine.
void running_call::start(handler caller) noexcept
{
    executor_ = asio::get_associated_executor(caller, setup_->executor);
    caller_.emplace(std::move(caller));
    try {
        strand_ = setup_->strands.take();
        executor_ = asio::prefer(executor_, asio::execution::outstanding_work.tracked);
        machine_.emplace(setup_->options, setup_->proxy, request_, now());
        cancel_by(asio::get_associated_cancellation_slot(*caller_));
        asio::dispatch(strand_, [call = shared_from_this()] { call->after([] {}); });
    } catch (...) {
        fail(std::current_exception());
    }
}

// Asio would emit the caller's signal on the wrong strand, and perhaps on memory that is gone.
void running_call::cancel_by(asio::cancellation_slot slot)
{
    if (!slot.is_connected())
        return;
    slot.assign([weak = weak_from_this()](asio::cancellation_type) {
        const auto call = weak.lock();
        try {
            if (call)
                asio::post(call->strand_, [call] { call->cancel(); });
        } catch (const std::bad_alloc&) {
            // It can't be cancelled.
        }
    });
}

void running_call::cancel() noexcept
{
    if (machine_->cancel())
        interrupt();
}

// Errors are inputs of the machine; anything else, a lack of memory, ends the call.
template <class Event>
void running_call::after(Event event) noexcept
{
    const auto attempt = [this](auto step) {
        try {
            return step();
        } catch (const boost::system::system_error&) {
            machine_->failed(error_from_current_exception(), reader_ && reader_->begun());
        }
        return decltype(step())();
    };
    try {
        attempt(event);
        while (!attempt([this] { return go_on(); })) {}
    } catch (...) {
        fail(std::current_exception());
    }
}

// True if the next event comes later, or none.
bool running_call::go_on()
{
    using action = call_machine::action;
    if (machine_->is_opening()) {
        open_connection();
        return true;
    }
    switch (machine_->next()) {
    case action::acquire:
        return acquire();
    case action::write:
        write();
        return true;
    case action::read:
        read();
        return true;
    case action::renew:
        renew();
        return false;
    default:
        finish();
        return true;
    }
}

void running_call::deadline_passed() noexcept
{
    try {
        asio::post(strand_, [call = shared_from_this()] { call->time_out(); });
    } catch (const std::bad_alloc&) {
        try {
            setup_->deadlines->set(*this, now() + std::chrono::milliseconds(50));
        } catch (const std::bad_alloc&) {
            // The call goes on until its own end.
        }
    }
}

// Early if a user's clock sleeps too short, or the machine has set a later deadline meanwhile.
void running_call::time_out() noexcept
{
    if (machine_->time_out(now()))
        return interrupt();
    try {
        if (machine_->next() != call_machine::action::end && now() < machine_->deadline())
            set_deadline();
    } catch (const std::bad_alloc&) {
        // The next action sets it.
    }
}

// Without memory a lookup goes on until its own end.
void running_call::interrupt() noexcept
{
    if (slot_ && slot_->waits())
        return after([this] { take_slot(now()); });
    if (slot_ && slot_->has_connection())
        slot_->connection().close();
    try {
        if (lookup_end_)
            lookup_end_->fire();
    } catch (const std::bad_alloc&) {}
}

void running_call::finish()
{
    if (machine_->failure())
        return fail(std::make_exception_ptr(*machine_->failure()));
    if (machine_->proof())
        slot_->keep(*machine_->proof(), now());
    end();
}

void running_call::fail(std::exception_ptr failure) noexcept
{
    failure_ = std::move(failure);
    response_ = http::response();
    end();
}

// Never resumes the caller from within: its code must not run on the call's strand.
void running_call::end() noexcept
{
    setup_->deadlines->clear(*this);
    slot_.reset();
    try {
        retry_allocation([&] { asio::defer(executor_, [call = shared_from_this()] { call->resume(); }); });
    } catch (const std::bad_alloc&) {
        // The caller waits for ever.
    }
}

void running_call::resume()
{
    auto caller = std::move(*caller_);
    caller_.reset();
    asio::get_associated_cancellation_slot(caller).clear();
    std::move(caller)(std::exchange(failure_, nullptr), std::move(response_));
}

bool running_call::acquire()
{
    const auto at = now();
    slot_.emplace(setup_->pool, request_.origin, at, shared_from_this());
    if (slot_->waits()) {
        set_deadline();
        return true;
    }
    take_slot(at);
    return false;
}

void running_call::slot_granted()
{
    retry_allocation([this] {
        asio::defer(strand_, [call = shared_from_this()] {
            if (call->slot_ && call->slot_->waits()) // not interrupted
                call->after([&] { call->take_slot(call->now()); });
        });
    });
}

void running_call::take_slot(limit::clock::time_point at)
{
    if (!slot_->take())
        throw error(errc::cancelled); // interrupted
    const bool reusable = slot_->has_connection() && slot_->connection().is_quiet();
    machine_->acquired(reusable, at);
}

void running_call::write()
{
    setup_->pool->count(machine_->reuses_connection() ? &pool_stats::reused : &pool_stats::connected);
    set_deadline();
    connection& to = slot_->connection();
    reader_.emplace(to.buffer(), rules());
    to.text().clear();
    append_request_text(request_, to.text());
    to.async_write(asio::buffer(to.text()), io_end(shared_from_this(), &running_call::written));
}

void running_call::written(const error_code& failure, std::size_t)
{
    slot_->connection().wipe_text();
    if (failure)
        throw error(errc::connection_lost, "the connection broke while the request was sent: " + failure.message());
    machine_->written();
}

void running_call::read()
{
    set_deadline(); // the same, unless a lack of memory has cleared it
    slot_->connection().async_read_some(reader_->space(), io_end(shared_from_this(), &running_call::received));
}

void running_call::received(const error_code& failure, std::size_t size)
{
    reader_->read(failure, size);
    if (!reader_->done())
        return machine_->received();
    exchange_end end;
    end.whole = true;
    end.peer_keeps = reader_->keeps_alive();
    end.bytes_left = reader_->bytes_left();
    end.tls_bytes_left = slot_->connection().tls_bytes_left();
    end.interrupted = !slot_->connection().is_open();
    response_ = reader_->take();
    end.status = response_.status;
    machine_->response_read(end);
}

// Only what may be used once only may differ. Works on a copy, since the slot belongs to the request's origin.
void running_call::renew()
{
    if (request_.renew) {
        http::request renewed = request_;
        request_.renew(renewed);
        if (renewed.origin != request_.origin || renewed.method != request_.method)
            throw error(errc::invalid_argument, "the renewed request has another origin or method");
        check_for_the_wire(renewed).value();
        request_ = std::move(renewed);
    }
    setup_->pool->count(&pool_stats::sent_again);
    machine_->renewed(now());
}

void running_call::open_connection()
{
    asio::co_spawn(strand_, open(), [call = shared_from_this()](std::exception_ptr failure) {
        call->after([&] {
            if (failure)
                std::rethrow_exception(std::move(failure));
        });
    });
}

} // namespace coauth::http
