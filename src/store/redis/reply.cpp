#include "store/redis/reply.hpp"

#include <cstddef>
#include <hiredis/hiredis.h>

namespace coauth::store::redis {

redis_reply reply_value(const redisReply& reply)
{
    redis_reply out;
    switch (reply.type) {
    case REDIS_REPLY_STRING:
    case REDIS_REPLY_STATUS:
    case REDIS_REPLY_ERROR:
        out.type = reply.type == REDIS_REPLY_ERROR ? redis_reply::kind::refusal : redis_reply::kind::text;
        out.text.assign(reply.str, reply.len);
        break;
    case REDIS_REPLY_INTEGER:
        out.type = redis_reply::kind::number;
        out.number = reply.integer;
        break;
    case REDIS_REPLY_ARRAY:
        out.type = redis_reply::kind::list;
        out.elements.reserve(reply.elements);
        for (std::size_t i = 0; i < reply.elements; ++i)
            out.elements.push_back(reply.element[i] ? reply_value(*reply.element[i]) : redis_reply());
        break;
    default:
        break;
    }
    return out;
}

} // namespace coauth::store::redis
