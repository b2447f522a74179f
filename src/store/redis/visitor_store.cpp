#include "store/record_text.hpp"
#include "store/redis/failure.hpp"
#include "store/redis/rows.hpp"
#include "store/redis/stores.hpp"
#include "store/redis/visitor_scripts.hpp"
#include "text/hex.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

namespace coauth::store::redis {

namespace asio = boost::asio;

namespace {

// Redis's own clean-up: long after `expire` should have removed a row.
constexpr std::chrono::hours row_margin(24);

constexpr std::size_t rows_at_once = 1'000;

std::optional<user_key> user_who_left(const redis_reply& reply, std::string_view operation)
{
    if (reply.type == redis_reply::kind::nothing)
        return std::nullopt;
    auto user = read_user_text(reply.text);
    if (!user)
        throw redis_odd_reply(operation);
    return user;
}

class redis_visitors final : public visitor_store, public std::enable_shared_from_this<redis_visitors> {
public:
    redis_visitors(const redis_shared& shared, const visitor_limits& limits)
        : shared_(shared), table_(redis_table(shared.prefix, "visitor")), limits_(limits)
    {}

    visitor_limits limits() const override { return limits_; }

    asio::awaitable<std::optional<user_key>> add(
        browser_digest browser, signed_in_user user, browser_digest previous) override
    {
        const auto self = shared_from_this();
        const auto begun = shared_.clock->now();
        const std::chrono::milliseconds lifetime = limits_.time_to_live + row_margin;
        redis_command command("storing a visitor", add_visitor_script(), table_,
            std::vector<std::string>{octets_of(browser), octets_of(previous), time_digits(begun), user_text(user.key()),
                row_of(browser, user, begun), std::to_string(lifetime.count()), std::to_string(limits_.max_per_user)});
        const redis_reply reply = co_await shared_.client->run(std::move(command));
        co_return user_who_left(reply, "storing a visitor");
    }

    asio::awaitable<std::optional<signed_in_user>> find(browser_digest browser) override
    {
        const auto self = shared_from_this();
        const auto hex = text::hex_encode(octets_of(browser));
        redis_command command("finding a visitor", std::vector<std::string>{"GET", table_ + "row:" + hex}, true);
        const redis_reply reply = co_await shared_.client->run(std::move(command));
        if (reply.type == redis_reply::kind::nothing)
            co_return std::nullopt;
        const auto row = read_visitor_row(reply.text);
        const auto place = place_of_visitor(shared_.prefix, hex, row ? row->begun : 0);
        if (!row)
            throw altered_record(place);
        const std::chrono::microseconds time_to_live = limits_.time_to_live;
        if (row->begun + static_cast<std::uint64_t>(time_to_live.count()) <= microseconds_of(shared_.clock->now()))
            co_return std::nullopt;
        const auto text = open(*shared_.keys, place, row->sealed);
        auto user = read_signed_in_user(place, text.reveal());
        if (user_text(user.key()) != row->user)
            throw altered_record(place, "it belongs to another user");
        co_return user;
    }

    asio::awaitable<std::optional<user_key>> remove(browser_digest browser) override
    {
        const auto self = shared_from_this();
        redis_command command(
            "removing a visitor", remove_visitor_script(), table_, std::vector<std::string>{octets_of(browser)});
        const redis_reply reply = co_await shared_.client->run(std::move(command));
        co_return user_who_left(reply, "removing a visitor");
    }

    asio::awaitable<bool> remove_all(user_key user, time_point latest) override
    {
        const auto self = shared_from_this();
        redis_command command("removing a user's visits", remove_visitors_script(), table_,
            std::vector<std::string>{user_text(user), time_digits(latest)});
        const redis_reply reply = co_await shared_.client->run(std::move(command));
        co_return reply.number == 1;
    }

    asio::awaitable<bool> has(user_key user) override
    {
        const auto self = shared_from_this();
        redis_command command(
            "finding a user's visits", std::vector<std::string>{"EXISTS", table_ + "user:" + user_text(user)}, true);
        const redis_reply reply = co_await shared_.client->run(std::move(command));
        co_return reply.number == 1;
    }

    asio::awaitable<std::vector<user_key>> expire(std::size_t limit) override
    {
        const auto self = shared_from_this();
        std::vector<user_key> left;
        for (;;) {
            const auto latest = shared_.clock->now() - limits_.time_to_live;
            redis_command command("removing expired visitors", expire_visitors_script(), table_,
                std::vector<std::string>{
                    time_digits(latest), std::to_string(limit - left.size()), std::to_string(rows_at_once)});
            const redis_reply reply = co_await shared_.client->run(std::move(command));
            if (reply.elements.empty() || reply.elements[0].type != redis_reply::kind::number)
                throw redis_odd_reply("removing expired visitors");
            for (std::size_t i = 1; i < reply.elements.size(); ++i)
                if (auto user = user_who_left(reply.elements[i], "removing expired visitors"))
                    left.push_back(*std::move(user));
            if (left.size() >= limit || reply.elements[0].number != static_cast<long long>(rows_at_once))
                co_return left;
        }
    }

    asio::awaitable<std::size_t> count() override
    {
        const auto self = shared_from_this();
        redis_command command("counting visitors", std::vector<std::string>{"ZCARD", table_ + "all"}, true);
        const redis_reply reply = co_await shared_.client->run(std::move(command));
        co_return static_cast<std::size_t>(std::max(reply.number, 0LL));
    }

private:
    std::string row_of(const browser_digest& browser, const signed_in_user& user, time_point begun) const
    {
        const auto named = user_text(user.key());
        const auto size = digits(named.size(), user_size_size);
        if (size.size() != user_size_size)
            throw error(errc::invalid_argument, "the user's identifier is too long to be stored");
        const auto place =
            place_of_visitor(shared_.prefix, text::hex_encode(octets_of(browser)), microseconds_of(begun));
        return time_digits(begun) + size + named + seal(*shared_.keys, place, record_text(user).reveal());
    }

    const redis_shared shared_;
    const std::string table_;
    const visitor_limits limits_;
};

} // namespace

std::shared_ptr<visitor_store> redis_visitor_store(const redis_shared& shared, const visitor_limits& limits)
{
    return std::make_shared<redis_visitors>(shared, limits);
}

} // namespace coauth::store::redis
