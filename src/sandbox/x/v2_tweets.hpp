// The tweets of API 2: reading, posting, deleting.
#pragma once

#include "sandbox/call.hpp"

#include <coauth/server/http_server.hpp>

namespace coauth::sandbox {

server::response v2_tweets_of(const call& c, const world& w, const user& author);
server::response v2_mentions_of(const call& c, const world& w, const user& p);
server::response v2_post_tweet(const call& c, world& w);
server::response v2_delete_tweet(const call& c, world& w);

} // namespace coauth::sandbox
