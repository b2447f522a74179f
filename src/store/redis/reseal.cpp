#include "store/redis/reseal.hpp"

#include "store/redis/failure.hpp"
#include "store/redis/rows.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace coauth::store::redis {

namespace asio = boost::asio;

namespace {

constexpr std::string_view resealing = "sealing a record anew";

const redis_script& exchange_script()
{
    static const redis_script script(R"(
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'KEEPTTL')
return 1
)");
    return script;
}

// A pattern of SCAN for what begins with the prefix.
std::string pattern_of(std::string_view prefix)
{
    std::string out;
    for (const char c : prefix) {
        if (std::string_view("*?[]\\").find(c) != std::string_view::npos)
            out += '\\';
        out += c;
    }
    return out + "{*";
}

// The value with its sealed part sealed by the newest key; nothing if it is already.
std::optional<std::string> sealed_anew(const redis_shared& shared, const sealed_part& part, std::string_view value)
{
    const auto sealed = value.substr(part.begin);
    if (is_sealed_by_newest(*shared.keys, sealed))
        return std::nullopt;
    const auto text = open(*shared.keys, part.place, sealed);
    return std::string(value.substr(0, part.begin)) + seal(*shared.keys, part.place, text.reveal());
}

// Others may write to it meanwhile.
asio::awaitable<reseal_counts> reseal_record(redis_shared shared, std::string key)
{
    constexpr int most_attempts = 100;
    for (int attempt = 0; attempt < most_attempts; ++attempt) {
        redis_command get(resealing, std::vector<std::string>{"GET", key}, true);
        const redis_reply value = co_await shared.client->run(std::move(get));
        reseal_counts counts;
        if (value.type != redis_reply::kind::text)
            co_return counts;
        const auto part = sealed_part_of(shared.prefix, key, value.text);
        if (!part)
            co_return counts; // none of ours
        counts.records = 1;
        auto anew = sealed_anew(shared, *part, value.text);
        if (!anew)
            co_return counts;
        redis_command exchange(
            resealing, exchange_script(), key, std::vector<std::string>{value.text, *std::move(anew)});
        const redis_reply exchanged = co_await shared.client->run(std::move(exchange));
        counts.resealed = 1;
        if (exchanged.number == 1)
            co_return counts;
    }
    throw error(errc::store_unavailable, std::string(resealing) + " failed: it changes all the time");
}

} // namespace

asio::awaitable<reseal_counts> reseal_redis(redis_shared shared)
{
    reseal_counts counts;
    std::optional<error> unreadable;
    std::string cursor = "0";
    const std::string pattern = pattern_of(shared.prefix);
    do {
        redis_command scan(resealing,
            std::vector<std::string>{"SCAN", cursor, "MATCH", pattern, "COUNT", "100", "TYPE", "string"}, true);
        const redis_reply page = co_await shared.client->run(std::move(scan));
        if (page.elements.size() != 2 || page.elements[0].text.empty())
            throw redis_odd_reply(resealing);
        cursor = page.elements[0].text;
        for (const auto& key : page.elements[1].elements) {
            try {
                const reseal_counts of_record = co_await reseal_record(shared, key.text);
                counts.resealed += of_record.resealed;
                counts.records += of_record.records;
            } catch (const error& e) {
                if (e.reason() != errc::sealed_record)
                    throw;
                unreadable = e;
            }
        }
    } while (cursor != "0");
    if (unreadable)
        throw error(*unreadable);
    co_return counts;
}

} // namespace coauth::store::redis
