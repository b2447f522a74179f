// Who may see and say what, the same for both API versions.
#pragma once

#include "sandbox/call.hpp"

#include <cstdint>
#include <string_view>

namespace coauth::sandbox {

/// True if the caller may read this user's tweets: protected ones are for the user and followers.
bool may_read_tweets(const call& c, const user& author, const world& w);

enum class post_verdict { fine, too_long, duplicate, reply_to_nothing };

/// `reply_to` 0: no reply.
post_verdict judge_post(std::uint64_t author, std::string_view text, std::uint64_t reply_to, const world& w);

} // namespace coauth::sandbox
