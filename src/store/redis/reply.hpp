// What a Redis sends back, as a value.
#pragma once

#include <string>
#include <vector>

struct redisReply; // hiredis's

namespace coauth::store::redis {

struct redis_reply {
    enum class kind {
        nothing, ///< Redis's nil.
        text,
        number,
        list,
        refusal, ///< An error: its code, and what it says of it.
    };

    redis_reply() = default;

    kind type = kind::nothing;
    std::string text; ///< Of a text and of a refusal.
    long long number = 0;
    std::vector<redis_reply> elements; ///< Of a list.
};

redis_reply reply_value(const redisReply& reply);

} // namespace coauth::store::redis
