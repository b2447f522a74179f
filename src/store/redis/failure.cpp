#include "store/redis/failure.hpp"

#include <array>
#include <string>
#include <utility>

namespace coauth::store::redis {

namespace {

struct known_refusal {
    std::string_view code; // or the beginning of the text behind "ERR "
    refusal_effect effect;
    std::string_view hint;
};

constexpr std::string_view is_busy = "it goes on when Redis has the time";
constexpr std::string_view no_cluster = "Redis Cluster is not supported: name a Redis that holds all keys";

constexpr std::array known_refusals = {
    known_refusal{
        "NOSCRIPT", refusal_effect::unknown_script, "another program flushes the scripts of this Redis all the time"},
    known_refusal{"WRONGPASS", refusal_effect::operation,
        "check COAUTH_REDIS_USER and COAUTH_REDIS_PASSWORD, and that the user is on"},
    known_refusal{"NOAUTH", refusal_effect::operation, "this Redis wants a password: set COAUTH_REDIS_PASSWORD"},
    known_refusal{"NOPERM", refusal_effect::operation,
        "the ACL of this Redis user lacks a command or the keys of the prefix; docs/06-stores.md has the rule that it "
        "takes"},
    known_refusal{"LOADING", refusal_effect::reconnect, "Redis reads its data; it goes on then"},
    known_refusal{"READONLY", refusal_effect::reconnect, "this Redis is a replica: name the primary"},
    known_refusal{
        "MASTERDOWN", refusal_effect::reconnect, "this Redis is a replica that lost its primary: name the primary"},
    known_refusal{"MOVED", refusal_effect::operation, no_cluster},
    known_refusal{"ASK", refusal_effect::operation, no_cluster},
    known_refusal{"CROSSSLOT", refusal_effect::operation, no_cluster},
    known_refusal{"CLUSTERDOWN", refusal_effect::operation, no_cluster},
    known_refusal{"TRYAGAIN", refusal_effect::operation, no_cluster},
    known_refusal{"OOM", refusal_effect::operation, "raise maxmemory of this Redis, or make room in it"},
    known_refusal{"MISCONF", refusal_effect::operation, "Redis can't write to its disk: look at its log"},
    known_refusal{
        "NOREPLICAS", refusal_effect::operation, "Redis has fewer replicas than min-replicas-to-write asks for"},
    known_refusal{"BUSY", refusal_effect::operation, is_busy},
    known_refusal{"UNBLOCKED", refusal_effect::reconnect, "this Redis became a replica: name the primary"},
    known_refusal{"WRONGTYPE", refusal_effect::operation,
        "another program wrote to the keys of this prefix: give each a prefix of its own, and delete that key"},
    known_refusal{"NOPROTO", refusal_effect::operation, "use Redis 6.2 or later"},
    known_refusal{"max number of clients", refusal_effect::reconnect, "raise maxclients of this Redis"},
    known_refusal{"DB index", refusal_effect::operation, "this Redis has no database of that number"},
    known_refusal{"invalid DB index", refusal_effect::operation, "this Redis has no database of that number"},
    known_refusal{"AUTH ", refusal_effect::operation, "this Redis has no password: unset COAUTH_REDIS_PASSWORD"},
    known_refusal{
        "Client sent AUTH", refusal_effect::operation, "this Redis has no password: unset COAUTH_REDIS_PASSWORD"},
    known_refusal{"unknown command", refusal_effect::operation,
        "use Redis 6.2 or later, and rename no command that docs/06-stores.md names"},
};

constexpr std::string_view plain_error = "ERR ";

bool begins_with_word(std::string_view text, std::string_view word)
{
    return text.starts_with(word) && (text.size() == word.size() || text[word.size()] == ' ');
}

const known_refusal* find_refusal(std::string_view text)
{
    const bool plain = text.starts_with(plain_error);
    const auto words = plain ? text.substr(plain_error.size()) : text;
    for (const auto& known : known_refusals)
        if (plain ? words.starts_with(known.code) : begins_with_word(words, known.code))
            return &known;
    // Of a script before Redis 7: "ERR Error running script (call to f_...): @user_script:1: WRONGTYPE ...".
    constexpr std::string_view script_failed = "Error running script";
    if (plain && words.starts_with(script_failed))
        for (const auto& known : known_refusals)
            if (words.find(": " + std::string(known.code) + " ") != std::string_view::npos)
                return &known;
    return nullptr;
}

// The code, if it looks like one.
std::string shown_code(std::string_view text, const known_refusal* known)
{
    if (known)
        return std::string(known->code.substr(0, known->code.find_last_not_of(' ') + 1));
    constexpr std::size_t longest = 24;
    std::size_t size = 0;
    while (size < text.size() && text[size] >= 'A' && text[size] <= 'Z')
        ++size;
    return size == 0 || size > longest ? "an unknown error" : std::string(text.substr(0, size));
}

} // namespace

refusal_effect effect_of_refusal(std::string_view text)
{
    const auto* known = find_refusal(text);
    return known ? known->effect : refusal_effect::operation;
}

error redis_refusal(std::string_view operation, std::string_view text)
{
    const auto* known = find_refusal(text);
    error refused(
        errc::store_unavailable, std::string(operation) + " failed: Redis refused it: " + shown_code(text, known));
    return refused.with_hint(known ? std::string(known->hint) : "look at the log of the Redis");
}

error redis_silence(std::string_view operation, std::string_view reason, bool maybe_done)
{
    std::string message(operation);
    message += " failed: ";
    message += reason;
    if (maybe_done)
        message += "; it may have been carried out";
    error silent(errc::store_unavailable, std::move(message));
    silent = silent.with_hint("check that the Redis runs and can be reached; it goes on when it can");
    return maybe_done ? silent : silent.with_not_sent();
}

error redis_odd_reply(std::string_view operation)
{
    return error(errc::store_unavailable, std::string(operation) + " failed: the reply is not one of Redis's")
        .with_hint("check that what listens there is a Redis, of version 6.2 or later");
}

} // namespace coauth::store::redis
