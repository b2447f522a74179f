#include "store/redis/connection.hpp"

#include "crypto/random.hpp"
#include "store/redis/failure.hpp"
#include "store/redis/settle.hpp"

#include <boost/asio/ip/address.hpp>

#include <algorithm>
#include <new>
#include <utility>

namespace coauth::store::redis {

namespace asio = boost::asio;

namespace {

// From 0 to 1.
double random_share()
{
    std::uint16_t number = 0;
    crypto::fill_random(&number, sizeof number);
    constexpr double most = 65'535;
    return number / most;
}

} // namespace

redis_connection::redis_connection(asio::io_context& io, const redis_options& address,
    std::chrono::milliseconds deadline, std::function<void(std::string_view)> warn)
    : io_(io), address_(address), deadline_(deadline), warn_(std::move(warn)), resolver_(io), pause_(io), timer_(io)
{}

// What runs out of memory leaves nothing half done: all that waits has failed then, and the next request connects anew.
template <class Step>
void redis_connection::whole(Step step) noexcept
{
    try {
        step();
    } catch (const std::bad_alloc&) {
        abandon();
    }
}

void redis_connection::open()
{
    whole([this] {
        act(machine_.wanted(std::chrono::steady_clock::now()));
        set_timer();
    });
}

void redis_connection::submit(std::shared_ptr<redis_request> request) noexcept
{
    if (closed_)
        return fail(*request, [&] { return redis_silence(request->command.operation, "the store is closed", false); });
    try {
        waiting_.push_back(request);
    } catch (const std::bad_alloc&) {
        return fail_without_memory(*request);
    }
    if (ready())
        send_what_waits();
    whole([this] {
        if (!ready())
            act(machine_.wanted(std::chrono::steady_clock::now()));
        set_timer();
    });
}

// What there is no memory to send costs the requests before it nothing.
void redis_connection::send_what_waits() noexcept
{
    try {
        flush();
    } catch (const std::bad_alloc&) {
        for (const auto& request : std::exchange(waiting_, {}))
            fail_without_memory(*request);
    }
}

void redis_connection::abandon() noexcept
{
    ++attempts_;
    handshake_.reset();
    if (link_)
        std::exchange(link_, nullptr)->close();
    machine_.lost(std::chrono::steady_clock::now(), 0, false);
    for (auto* const list : {&sent_, &waiting_})
        for (const auto& request : std::exchange(*list, {}))
            fail_without_memory(*request);
}

void redis_connection::close() noexcept
{
    closed_ = true;
    resolver_.cancel();
    pause_.cancel();
    timer_.cancel();
    if (link_)
        std::exchange(link_, nullptr)->close();
    for (auto* const list : {&sent_, &waiting_})
        for (const auto& request : std::exchange(*list, {}))
            fail(*request, [&] { return redis_silence(request->command.operation, "the store is closed", false); });
}

void redis_connection::act(const connection_machine::decision& decided)
{
    if (closed_)
        return;
    if (decided.next == connection_machine::action::connect)
        connect();
    if (decided.next != connection_machine::action::pause)
        return;
    pause_.expires_after(decided.pause);
    pause_.async_wait([self = shared_from_this()](const boost::system::error_code& failed) {
        if (failed || self->closed_)
            return;
        self->whole([&] {
            self->act(self->machine_.pause_over(!self->waiting_.empty()));
            self->set_timer();
        });
    });
}

void redis_connection::connect()
{
    ++attempts_;
    attempt_ends_at_ = std::chrono::steady_clock::now() + deadline_;
    endpoints_.clear();
    next_endpoint_ = 0;
    boost::system::error_code not_numeric;
    asio::ip::make_address(address_.host, not_numeric);
    if (!address_.socket.empty())
        endpoints_.emplace_back(address_.socket, std::uint16_t{0});
    else if (!not_numeric)
        endpoints_.emplace_back(address_.host, address_.port);
    else
        return resolve();
    open_next_endpoint();
}

void redis_connection::resolve()
{
    const auto found = [self = shared_from_this(), attempt = attempts_](const boost::system::error_code& failed,
                           const asio::ip::tcp::resolver::results_type& results) {
        if (self->closed_ || attempt != self->attempts_ || !self->attempting())
            return;
        self->whole([&] {
            if (failed)
                self->lose("the host has no address: " + failed.message());
            else {
                for (const auto& each : results)
                    self->endpoints_.emplace_back(each.endpoint().address().to_string(), self->address_.port);
                self->open_next_endpoint();
            }
            self->set_timer();
        });
    };
    resolver_.async_resolve(address_.host, std::to_string(address_.port), found);
}

void redis_connection::open_next_endpoint()
{
    const auto next = endpoints_[next_endpoint_++];
    link_ = std::make_shared<redis_link>(io_, static_cast<redis_link::user&>(*this));
    const auto reason = link_->open(next.address, next.port);
    if (!reason.empty())
        attempt_failed(reason);
}

void redis_connection::attempt_failed(const std::string& reason)
{
    link_.reset();
    if (!handshake_ && next_endpoint_ < endpoints_.size() && std::chrono::steady_clock::now() < attempt_ends_at_)
        return open_next_endpoint();
    lose(reason);
}

void redis_connection::link_connected()
{
    whole([this] {
        handshake_.emplace(address_, !policy_known_);
        for (const auto& command : handshake_->commands())
            link_->send(command);
    });
}

void redis_connection::link_replied(redis_reply reply)
{
    whole([&] {
        if (handshake_)
            shake_hands(reply);
        else
            take(std::move(reply));
    });
}

void redis_connection::take(redis_reply reply)
{
    machine_.replied();
    redis_command& command = sent_.front()->command;
    const bool refused = reply.type == redis_reply::kind::refusal;
    const auto effect = refused ? effect_of_refusal(reply.text) : refusal_effect::operation;
    if (effect == refusal_effect::unknown_script && command.script && command.arguments[0] == "EVALSHA") {
        command.arguments[1] = command.script->text;
        command.arguments[0] = "EVAL";
        waiting_.splice(waiting_.begin(), sent_, sent_.begin());
        return send_what_waits();
    }
    const auto request = std::move(sent_.front());
    sent_.pop_front();
    if (refused)
        fail(*request, [&] { return redis_refusal(request->command.operation, reply.text); });
    else
        succeed(*request, std::move(reply));
    if (effect == refusal_effect::reconnect)
        lose("the Redis can't serve now");
}

void redis_connection::shake_hands(const redis_reply& reply)
{
    using state = redis_handshake::verdict::state;
    const auto verdict = handshake_->take(reply);
    if (!verdict.warning.empty())
        warn_(verdict.warning);
    switch (verdict.next) {
    case state::going_on:
        break;
    case state::ready:
        handshake_.reset();
        policy_known_ = true;
        machine_.connected();
        send_what_waits();
        break;
    case state::retry:
        lose(verdict.reason->message());
        break;
    case state::refused:
        refuse(*verdict.reason);
        break;
    }
}

// All that waits would be refused again.
void redis_connection::refuse(const error& reason)
{
    for (const auto& request : std::exchange(waiting_, {}))
        fail(*request, [&] {
            error refused(
                errc::store_unavailable, std::string(request->command.operation) + " failed: " + reason.message());
            return refused.with_hint(reason.hint().value_or("")).with_not_sent();
        });
    lose(reason.message());
}

void redis_connection::link_lost(const std::string& reason)
{
    whole([&] {
        if (attempting())
            attempt_failed(reason);
        else
            lose(reason);
        set_timer();
    });
}

void redis_connection::lose(const std::string& reason)
{
    ++attempts_; // an address that is still being looked up is not used
    last_reason_ = reason;
    handshake_.reset();
    if (link_)
        std::exchange(link_, nullptr)->close();
    const auto first_waiting = waiting_.begin();
    for (requests lost = std::exchange(sent_, {}); !lost.empty();) {
        redis_request& request = *lost.front();
        if (request.command.repeatable) {
            waiting_.splice(first_waiting, lost, lost.begin());
            continue;
        }
        fail(request, [&] { return redis_silence(request.command.operation, reason, true); });
        lost.pop_front();
    }
    act(machine_.lost(std::chrono::steady_clock::now(), random_share(), !waiting_.empty()));
    set_timer();
}

void redis_connection::flush()
{
    while (!waiting_.empty() && link_ && link_->send(waiting_.front()->command.arguments))
        sent_.splice(sent_.end(), waiting_, waiting_.begin());
}

// A server that owes a reply for too long is taken for lost: it may never come again.
void redis_connection::expire()
{
    const auto now = std::chrono::steady_clock::now();
    const auto silent = "no reply came within " + std::to_string(deadline_.count()) + " ms";
    if (!sent_.empty() && sent_.front()->deadline <= now)
        lose(silent);
    else if (attempting() && attempt_ends_at_ <= now)
        lose(silent);
    while (!waiting_.empty() && waiting_.front()->deadline <= now) {
        const auto request = std::move(waiting_.front());
        waiting_.pop_front();
        fail(*request, [&] {
            const auto reason =
                "there is no connection to the Redis" + (last_reason_.empty() ? "" : ": " + last_reason_);
            return redis_silence(request->command.operation, reason, false);
        });
    }
    set_timer();
}

void redis_connection::set_timer()
{
    std::optional<time_point> next;
    const auto add = [&next](time_point due) { next = next ? std::min(*next, due) : due; };
    if (!sent_.empty())
        add(sent_.front()->deadline);
    if (!waiting_.empty())
        add(waiting_.front()->deadline);
    if (attempting())
        add(attempt_ends_at_);
    // One that is early does no harm: it is set anew then.
    if (closed_ || !next || (timer_set_to_ && *timer_set_to_ <= *next))
        return;
    timer_.expires_at(*next);
    timer_set_to_.reset();
    timer_.async_wait([self = shared_from_this()](const boost::system::error_code& failed) {
        if (failed || self->closed_)
            return;
        self->timer_set_to_.reset();
        self->whole([&] { self->expire(); });
    });
    timer_set_to_ = next;
}

} // namespace coauth::store::redis
