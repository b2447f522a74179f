#include "store/random_version.hpp"
#include "store/record_text.hpp"
#include "store/redis/failure.hpp"
#include "store/redis/rows.hpp"
#include "store/redis/stores.hpp"

#include <optional>
#include <utility>
#include <vector>

namespace coauth::store::redis {

namespace asio = boost::asio;

namespace {

constexpr std::chrono::minutes lease_margin(1);

// All take the user's text and a version.

const redis_script& replace_token_script()
{
    static const redis_script script(R"(
local key = KEYS[1] .. ARGV[1]
local record = redis.call('GET', key)
if not record or record:sub(1, 20) ~= ARGV[2] then return 0 end
redis.call('SET', key, ARGV[3])
return 1
)");
    return script;
}

// And the time, the lease's end, its owner, and the lifetime of its key. A lease is one on a version: a new credential ends it.
const redis_script& lease_token_script()
{
    static const redis_script script(R"(
local user, version, now, ends_at, owner, lifetime = unpack(ARGV)
local record = redis.call('GET', KEYS[1] .. user)
if not record or record:sub(1, 20) ~= version then return 0 end
local key = KEYS[1] .. 'lease:' .. user
local held = redis.call('GET', key)
if held and held:sub(1, 20) == version and (tonumber(held:sub(21, 36)) or 0) > tonumber(now) then return 0 end
redis.call('SET', key, version .. ends_at .. owner, 'PX', lifetime)
return 1
)");
    return script;
}

const redis_script& remove_token_script()
{
    static const redis_script script(R"(
local key = KEYS[1] .. ARGV[1]
local record = redis.call('GET', key)
if not record or (ARGV[2] ~= '' and record:sub(1, 20) ~= ARGV[2]) then return 0 end
return redis.call('DEL', key)
)");
    return script;
}

bool is_yes(const redis_reply& reply, std::string_view operation)
{
    if (reply.type != redis_reply::kind::number)
        throw redis_odd_reply(operation);
    return reply.number == 1;
}

class redis_tokens final : public token_store, public std::enable_shared_from_this<redis_tokens> {
public:
    explicit redis_tokens(const redis_shared& shared) : shared_(shared), table_(redis_table(shared.prefix, "token")) {}

    asio::awaitable<std::optional<stored_credential>> find(user_key user) override
    {
        const auto self = shared_from_this();
        redis_command command("finding a user's credential", std::vector<std::string>{"GET", key_of(user)}, true);
        const redis_reply reply = co_await shared_.client->run(std::move(command));
        if (reply.type == redis_reply::kind::nothing)
            co_return std::nullopt;
        if (reply.type != redis_reply::kind::text)
            throw redis_odd_reply("finding a user's credential");
        const std::string_view value(reply.text);
        const auto version = read_digits(value.substr(0, version_size));
        const auto place = place_of_token(shared_.prefix, user, version.value_or(0));
        if (!version || value.size() < version_size)
            throw altered_record(place);
        const auto text = open(*shared_.keys, place, value.substr(version_size));
        co_return stored_credential(read_credential(place, text.reveal()), *version);
    }

    asio::awaitable<std::uint64_t> put(user_key user, credential held) override
    {
        const auto self = shared_from_this();
        const auto version = random_version();
        redis_command command("storing a user's credential",
            std::vector<std::string>{"SET", key_of(user), value_of(user, version, held)});
        const redis_reply reply = co_await shared_.client->run(std::move(command));
        if (reply.text != "OK")
            throw redis_odd_reply("storing a user's credential");
        co_return version;
    }

    asio::awaitable<std::optional<std::uint64_t>> replace_if(
        user_key user, std::uint64_t version, credential held) override
    {
        const auto self = shared_from_this();
        const auto replaced = random_version();
        redis_command command("replacing a user's credential", replace_token_script(), table_,
            std::vector<std::string>{user_text(user), digits(version, version_size), value_of(user, replaced, held)});
        const redis_reply reply = co_await shared_.client->run(std::move(command));
        if (!is_yes(reply, "replacing a user's credential"))
            co_return std::nullopt;
        co_return replaced;
    }

    asio::awaitable<bool> lease(user_key user, std::uint64_t version, std::chrono::milliseconds time) override
    {
        const auto self = shared_from_this();
        const auto now = shared_.clock->now();
        const std::chrono::milliseconds lifetime = time + lease_margin;
        redis_command command("leasing a user's credential", lease_token_script(), table_,
            std::vector<std::string>{user_text(user), digits(version, version_size), time_digits(now),
                time_digits(now + time), shared_.process, std::to_string(lifetime.count())});
        const redis_reply reply = co_await shared_.client->run(std::move(command));
        co_return is_yes(reply, "leasing a user's credential");
    }

    asio::awaitable<bool> remove(user_key user, std::optional<std::uint64_t> version) override
    {
        const auto self = shared_from_this();
        redis_command command("removing a user's credential", remove_token_script(), table_,
            std::vector<std::string>{user_text(user), version ? digits(*version, version_size) : std::string()});
        const redis_reply reply = co_await shared_.client->run(std::move(command));
        co_return is_yes(reply, "removing a user's credential");
    }

private:
    std::string key_of(const user_key& user) const { return table_ + user_text(user); }

    std::string value_of(const user_key& user, std::uint64_t version, const credential& held) const
    {
        const auto place = place_of_token(shared_.prefix, user, version);
        return digits(version, version_size) + seal(*shared_.keys, place, record_text(held).reveal());
    }

    const redis_shared shared_;
    const std::string table_;
};

} // namespace

std::shared_ptr<token_store> redis_token_store(const redis_shared& shared)
{
    return std::make_shared<redis_tokens>(shared);
}

} // namespace coauth::store::redis
