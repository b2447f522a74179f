#include "store/redis/ended_stream.hpp"

#include "store/record_text.hpp"
#include "store/redis/failure.hpp"
#include "store/redis/rows.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <exception>
#include <new>
#include <optional>
#include <thread>
#include <utility>

namespace coauth::store::redis {

namespace asio = boost::asio;

namespace {

using steady = std::chrono::steady_clock;

// How long Redis holds a read back for the next entry: a connection that is lost without a word is noticed that much later.
constexpr std::chrono::milliseconds block(1'000);
constexpr std::chrono::milliseconds after_read_failure(100);

// The time of Redis, in milliseconds.
std::optional<std::uint64_t> server_time(const redis_reply& reply)
{
    if (reply.elements.size() != 2)
        return std::nullopt;
    const auto seconds = read_digits(reply.elements[0].text);
    const auto rest = read_digits(reply.elements[1].text);
    if (!seconds || !rest)
        return std::nullopt;
    return *seconds * 1'000 + *rest / 1'000;
}

// The entries of the one stream that was read.
const std::vector<redis_reply>* entries_of(const redis_reply& reply)
{
    const bool whole = reply.elements.size() == 1 && reply.elements[0].elements.size() == 2;
    return whole ? &reply.elements[0].elements[1].elements : nullptr;
}

std::string_view field_of(const redis_reply& entry, std::string_view name)
{
    if (entry.elements.size() != 2)
        return {};
    const auto& fields = entry.elements[1].elements;
    for (std::size_t i = 0; i + 1 < fields.size(); i += 2)
        if (fields[i].text == name)
            return fields[i + 1].text;
    return {};
}

} // namespace

// What was added in the same millisecond may have this very number, and be read only if it is behind the position: so one more.
std::string stream_position_before(std::uint64_t now, std::chrono::nanoseconds passed)
{
    const auto back = std::chrono::ceil<std::chrono::milliseconds>(passed).count() + 1;
    return std::to_string(now - std::min(now, static_cast<std::uint64_t>(back))) + "-0";
}

// Where the reading has come to.
struct ended_stream::position {
    explicit position(time_point new_begun) : begun(new_begun) {}

    std::string last;   // the entry that was read last; empty: none
    time_point begun;   // read what came since
    bool known = false; // false: ask Redis for its time; it may be another Redis than before
};

ended_stream::ended_stream(std::shared_ptr<key_ring> keys, std::string prefix, std::string sender)
    : keys_(std::move(keys)), prefix_(std::move(prefix)), sender_(std::move(sender))
{}

std::shared_ptr<void> ended_stream::watch(redis_client& client, login_store::watcher notified)
{
    auto added = std::make_shared<login_store::watcher>(std::move(notified));
    {
        const std::lock_guard lock(mutex_);
        std::erase_if(watchers_, [](const auto& each) { return each.expired(); });
        watchers_.push_back(added);
        if (std::exchange(following_, true))
            return added;
    }
    const auto start = [self = shared_from_this(), begun = steady::now()](const inside_ptr& inside) {
        asio::co_spawn(inside->io(), follow(self, inside, begun), [self](const std::exception_ptr& failed) {
            if (!failed)
                return;
            const std::lock_guard lock(self->mutex_);
            self->following_ = false; // out of memory before it began; the next watcher starts it again
        });
    };
    try {
        client.post(start);
    } catch (const std::bad_alloc&) {
        const std::lock_guard lock(mutex_);
        following_ = false;
        throw;
    }
    return added;
}

void ended_stream::notify(const login_id& id, const ended_login& reached)
{
    for (const auto& notified : current_watchers())
        (*notified)(id, reached);
}

ended_stream::watchers ended_stream::current_watchers()
{
    watchers all;
    const std::lock_guard lock(mutex_);
    for (const auto& each : watchers_)
        if (auto watching = each.lock())
            all.push_back(std::move(watching));
    return all;
}

bool ended_stream::still_watched()
{
    const std::lock_guard lock(mutex_);
    std::erase_if(watchers_, [](const auto& each) { return each.expired(); });
    following_ = !watchers_.empty();
    return following_;
}

asio::awaitable<void> ended_stream::follow(std::shared_ptr<ended_stream> self, inside_ptr client, time_point begun)
{
    position at(begun);
    asio::steady_timer pause(client->io());
    while (self->still_watched() && !client->closed()) {
        bool failed = false;
        try {
            co_await read_next(self, client, at);
        } catch (const std::exception&) {
            failed = true; // by Redis, or without memory
        }
        if (!failed || client->closed())
            continue;
        at.known = false;
        try {
            pause.expires_after(after_read_failure);
            boost::system::error_code ignored;
            co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
        } catch (const std::bad_alloc&) {
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
    }
}

asio::awaitable<void> ended_stream::read_next(std::shared_ptr<ended_stream> self, inside_ptr client, position& at)
{
    constexpr std::string_view operation = "reading which logins have ended";
    if (!at.known) {
        redis_command ask(operation, std::vector<std::string>{"TIME"}, true);
        const redis_reply reply = co_await client->run_blocking(std::move(ask), std::chrono::milliseconds(0));
        const auto now = server_time(reply);
        if (!now)
            throw redis_odd_reply(operation);
        const auto passed = steady::now() - at.begun;
        const auto last = read_digits(std::string_view(at.last).substr(0, at.last.find('-')));
        // A Redis that took over may be behind the one before.
        if (at.last.empty() || !last || *last > *now)
            at.last = stream_position_before(*now, passed);
        at.known = true;
    }
    redis_command read(operation,
        std::vector<std::string>{"XREAD", "COUNT", "100", "BLOCK", std::to_string(block.count()), "STREAMS",
            redis_table(self->prefix_, "login") + "ended", at.last},
        true);
    const redis_reply reply = co_await client->run_blocking(std::move(read), block);
    if (reply.type == redis_reply::kind::nothing)
        co_return;
    const auto* const entries = entries_of(reply);
    if (!entries || entries->empty())
        throw redis_odd_reply(operation);
    for (const auto& entry : *entries)
        self->take(entry, *client);
    const auto& last = entries->back();
    if (last.elements.empty() || last.elements[0].text.empty())
        throw redis_odd_reply(operation);
    at.last = last.elements[0].text;
}

void ended_stream::take(const redis_reply& entry, redis_client::inside& client) noexcept
{
    try {
        if (field_of(entry, "sender") == sender_)
            return;
        const auto octets = field_of(entry, "login");
        login_id id;
        if (octets.size() != id.octets.size())
            return warn(client, "it names no login");
        std::copy(octets.begin(), octets.end(), id.octets.begin());
        const auto place = place_of_end(prefix_, id);
        const auto text = open(*keys_, place, field_of(entry, "sealed"));
        notify(id, read_ended_login(place, text.reveal()));
    } catch (const error& e) {
        warn(client, e.message());
    } catch (...) {
        // Out of memory: what waits for it ends at its deadline.
    }
}

void ended_stream::warn(redis_client::inside& client, std::string_view reason) noexcept
{
    const auto now = steady::now();
    if (now < warn_again_at_)
        return;
    warn_again_at_ = now + std::chrono::minutes(1);
    try {
        client.warn("a message of a login that has ended was ignored: " + std::string(reason));
    } catch (const std::exception&) {
        // Out of memory: the warning is left out.
    }
}

} // namespace coauth::store::redis
