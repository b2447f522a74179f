#include "store/redis/handshake.hpp"

#include "store/redis/failure.hpp"

#include <charconv>
#include <string_view>
#include <tuple>

namespace coauth::store::redis {

namespace {

constexpr std::string_view connecting = "connecting to the Redis";

// Of "redis_version:6.2.14". Nothing where there is none: another server may have no such thing.
std::optional<std::pair<int, int>> version_of(std::string_view information)
{
    constexpr std::string_view name = "redis_version:";
    const auto begin = information.find(name);
    if (begin == std::string_view::npos)
        return std::nullopt;
    const auto text = information.substr(begin + name.size());
    const char* const last = text.data() + text.size();
    std::pair<int, int> out{};
    const auto major = std::from_chars(text.data(), last, out.first);
    if (major.ec != std::errc() || major.ptr == last || *major.ptr != '.')
        return std::nullopt;
    const auto minor = std::from_chars(major.ptr + 1, last, out.second);
    return minor.ec == std::errc() ? std::optional(out) : std::nullopt;
}

std::string policy_warning(const redis_reply& reply)
{
    constexpr std::size_t name_and_value = 2;
    if (reply.type != redis_reply::kind::list || reply.elements.size() != name_and_value)
        return {};
    const auto& policy = reply.elements[1].text;
    constexpr std::size_t longest = 40;
    if (policy == "noeviction" || policy.empty() || policy.size() > longest)
        return {};
    return "the Redis evicts keys when its memory is full (maxmemory-policy is " + policy +
           "): logins and signed-in users may be lost; set maxmemory-policy to noeviction";
}

} // namespace

redis_handshake::redis_handshake(const redis_options& address, bool asks_policy)
{
    if (!address.user.empty())
        steps_.emplace_back(step::authentication,
            std::vector<std::string>{"AUTH", address.user, std::string(address.password.reveal())});
    else if (!address.password.empty())
        steps_.emplace_back(
            step::authentication, std::vector<std::string>{"AUTH", std::string(address.password.reveal())});
    if (address.database != 0)
        steps_.emplace_back(step::selection, std::vector<std::string>{"SELECT", std::to_string(address.database)});
    steps_.emplace_back(step::naming, std::vector<std::string>{"CLIENT", "SETNAME", "coauth"});
    steps_.emplace_back(step::information, std::vector<std::string>{"INFO", "server"});
    if (asks_policy)
        steps_.emplace_back(step::policy, std::vector<std::string>{"CONFIG", "GET", "maxmemory-policy"});
    steps_.emplace_back(step::ping, std::vector<std::string>{"PING"});
}

std::vector<std::vector<std::string>> redis_handshake::commands() const
{
    std::vector<std::vector<std::string>> out;
    for (const auto& each : steps_)
        out.push_back(each.command);
    return out;
}

redis_handshake::verdict redis_handshake::take(const redis_reply& reply)
{
    using state = verdict::state;
    if (taken_ == steps_.size())
        return {state::retry, redis_odd_reply(connecting)};
    const auto kind = steps_[taken_++].kind;
    const bool refused = reply.type == redis_reply::kind::refusal;
    const auto failed = refused ? redis_refusal(connecting, reply.text) : redis_odd_reply(connecting);
    const bool later = refused && effect_of_refusal(reply.text) == refusal_effect::reconnect;
    verdict out(state::going_on);
    switch (kind) {
    case step::authentication:
    case step::selection:
        if (refused)
            return {later ? state::retry : state::refused, failed};
        if (reply.text != "OK")
            return {state::retry, failed};
        return out;
    case step::naming:
        return out;
    case step::information:
        if (const auto version = version_of(reply.text); version && *version < std::pair(6, 2))
            return {state::refused,
                error(errc::store_unavailable,
                    "the Redis is of version " + std::to_string(version->first) + "." + std::to_string(version->second))
                    .with_hint("use Redis 6.2 or later")};
        return out;
    case step::policy:
        out.warning = policy_warning(reply);
        return out;
    case step::ping:
        break;
    }
    if (reply.text == "PONG" || (refused && reply.text.starts_with("NOPERM")))
        return verdict(state::ready);
    if (refused && !later && !reply.text.starts_with("BUSY"))
        return {state::refused, failed};
    return {state::retry, failed};
}

} // namespace coauth::store::redis
