#include "store/record_text.hpp"
#include "store/redis/ended_stream.hpp"
#include "store/redis/failure.hpp"
#include "store/redis/login_scripts.hpp"
#include "store/redis/rows.hpp"
#include "store/redis/stores.hpp"
#include "text/hex.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace coauth::store::redis {

namespace asio = boost::asio;

namespace {

// Redis's own clean-up: later than what the scripts decide by.
constexpr std::chrono::minutes lifetime_margin(10);

// Of the stream; what comes too late to be read is known by the login's deadline.
constexpr std::size_t most_ended = 10'000;
constexpr std::chrono::milliseconds ended_lifetime = std::chrono::minutes(10);

constexpr std::size_t expired_at_once = 1'000;

struct named_status {
    std::string_view text;
    taken_login::status status;
};
constexpr std::array named_statuses = {named_status{"unknown", taken_login::status::unknown},
    named_status{"expired", taken_login::status::expired}, named_status{"replayed", taken_login::status::replayed},
    named_status{"wrong_browser", taken_login::status::wrong_browser}};

class redis_logins final : public login_store, public std::enable_shared_from_this<redis_logins> {
public:
    redis_logins(const redis_shared& shared, const login_limits& limits)
        : shared_(shared), table_(redis_table(shared.prefix, "login")), limits_(limits),
          ended_(std::make_shared<ended_stream>(shared.keys, shared.prefix, shared.process))
    {}

    login_limits limits() const override { return limits_; }

    asio::awaitable<void> add(pending_login login) override
    {
        const auto self = shared_from_this();
        const auto now = shared_.clock->now();
        const auto due = now + limits_.time_to_live;
        const auto place = place_of_login(shared_.prefix, login.id, microseconds_of(due));
        auto sealed = seal(*shared_.keys, place, record_text(login).reveal());
        auto arguments = common_arguments(now);
        arguments.insert(arguments.end(),
            {octets_of(login.id), hex_of(login.id), octets_of(login.browser), time_digits(due), behind(now),
                std::to_string(limits_.max_per_browser), std::move(sealed), lifetime(2 * limits_.time_to_live)});
        redis_command command("storing a login", add_login_script(), table_, std::move(arguments));
        const redis_reply reply = co_await shared_.client->run(std::move(command));
        if (reply.text == "known")
            throw error(errc::provider_error, "the provider gave one login's key twice")
                .with_hint("the login can't be told from an earlier one; begin again");
        if (reply.text == "all" || reply.text == "browser")
            throw too_many_logins(limits_, reply.text == "all" ? login_cap::of_all : login_cap::of_browser);
        if (reply.text != "added")
            throw redis_odd_reply("storing a login");
    }

    asio::awaitable<counts> count(browser_digest browser) override
    {
        const auto self = shared_from_this();
        const auto now = shared_.clock->now();
        auto arguments = common_arguments(now);
        arguments.insert(arguments.end(), {octets_of(browser), behind(now)});
        redis_command command("counting logins", count_logins_script(), table_, std::move(arguments), true);
        const redis_reply reply = co_await shared_.client->run(std::move(command));
        if (reply.elements.size() != 2)
            throw redis_odd_reply("counting logins");
        counts out;
        out.living = number_of(reply.elements[0]);
        out.of_browser = number_of(reply.elements[1]);
        co_return out;
    }

    asio::awaitable<taken_login> take(login_id id, browser_digest browser) override
    {
        const auto self = shared_from_this();
        const auto now = shared_.clock->now();
        auto arguments = common_arguments(now);
        arguments.insert(arguments.end(), {octets_of(id), hex_of(id), octets_of(browser),
                                              time_digits(now + limits_.time_to_live), lifetime(limits_.time_to_live)});
        redis_command command("taking a login", take_login_script(), table_, std::move(arguments));
        const redis_reply reply = co_await shared_.client->run(std::move(command));
        co_return taken_of(id, browser, reply);
    }

    asio::awaitable<void> end(login_id id, ended_login reached) override
    {
        const auto self = shared_from_this();
        ended_->notify(id, reached);
        auto sealed = seal(*shared_.keys, place_of_end(shared_.prefix, id), record_text(reached).reveal());
        std::vector<std::string> arguments{time_digits(shared_.clock->now()), octets_of(id), shared_.process,
            std::move(sealed), std::to_string(most_ended), std::to_string(ended_lifetime.count())};
        // Sent again if the reply is lost: a login that ends twice is one that has ended.
        redis_command command("reporting the end of a login", end_login_script(), table_, std::move(arguments), true);
        const redis_reply reply = co_await shared_.client->run(std::move(command));
        if (reply.text != "ended")
            throw redis_odd_reply("reporting the end of a login");
    }

    std::shared_ptr<void> watch(watcher notified) override
    {
        return ended_->watch(*shared_.client, std::move(notified));
    }

    asio::awaitable<expiry> expire() override
    {
        const auto self = shared_from_this();
        expiry out;
        for (;;) {
            const auto now = shared_.clock->now();
            auto arguments = common_arguments(now);
            arguments.push_back(std::to_string(expired_at_once));
            redis_command command("removing expired logins", expire_logins_script(), table_, std::move(arguments));
            const redis_reply reply = co_await shared_.client->run(std::move(command));
            if (reply.elements.size() != 3)
                throw redis_odd_reply("removing expired logins");
            out.expired += number_of(reply.elements[0]);
            if (number_of(reply.elements[1]) == expired_at_once)
                continue;
            if (const auto next = read_digits(reply.elements[2].text)) {
                const auto left = std::chrono::microseconds(static_cast<std::int64_t>(*next - microseconds_of(now)));
                out.next = std::chrono::ceil<std::chrono::milliseconds>(left);
            }
            co_return out;
        }
    }

private:
    static std::size_t number_of(const redis_reply& reply)
    {
        return static_cast<std::size_t>(std::max(reply.number, 0LL));
    }

    static std::string hex_of(const login_id& id) { return text::hex_encode(octets_of(id)); }

    static std::string behind(std::chrono::system_clock::time_point now)
    {
        return digits(microseconds_of(now) + 1, time_size);
    }

    static std::string lifetime(std::chrono::milliseconds remembered)
    {
        return std::to_string(std::chrono::milliseconds(remembered + lifetime_margin).count());
    }

    std::vector<std::string> common_arguments(std::chrono::system_clock::time_point now) const
    {
        const std::chrono::microseconds time_to_live = limits_.time_to_live;
        return {time_digits(now), std::to_string(limits_.max_pending), std::to_string(time_to_live.count())};
    }

    taken_login taken_of(const login_id& id, const browser_digest& browser, const redis_reply& reply) const
    {
        const std::string_view status = reply.elements.empty() ? std::string_view() : reply.elements[0].text;
        for (const auto& named : named_statuses)
            if (named.text == status)
                return taken_login(named.status);
        if (status == "damaged")
            throw altered_record(place_of_login(shared_.prefix, id, 0));
        if (status != "taken" || reply.elements.size() != 3)
            throw redis_odd_reply("taking a login");
        const auto due = read_digits(reply.elements[1].text);
        const auto place = place_of_login(shared_.prefix, id, due.value_or(0));
        const auto text = open(*shared_.keys, place, reply.elements[2].text);
        taken_login out(taken_login::status::taken);
        out.login = read_pending_login(place, id, text.reveal());
        // Redis compared the digest that lies in plain; this is the one that was sealed.
        if (!out.login->browser.matches(browser))
            throw altered_record(place, "it belongs to another browser");
        return out;
    }

    const redis_shared shared_;
    const std::string table_;
    const login_limits limits_;
    const std::shared_ptr<ended_stream> ended_;
};

} // namespace

std::shared_ptr<login_store> redis_login_store(const redis_shared& shared, const login_limits& limits)
{
    return std::make_shared<redis_logins>(shared, limits);
}

} // namespace coauth::store::redis
