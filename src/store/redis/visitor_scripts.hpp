// What happens to signed-in browsers in one step.
#pragma once

#include "store/redis/request.hpp"

namespace coauth::store::redis {

// Beside the rows (`row:` and the browser's digest in hexadecimal) there are, for each user, `user:` and the user's text (a
// sorted set: digest and time of sign-in, in the order of sign-in), and `all` (digest and user's text by the time of sign-in).

/// Digest, the digest before it, time of sign-in, user's text, the row, its lifetime in milliseconds, rows of a user. Returns the
/// text of the user who has no row left by it, or none.
const redis_script& add_visitor_script();

/// Digest. Returns the same.
const redis_script& remove_visitor_script();

/// User's text, latest time of sign-in. Returns 1 if there were rows and there are no others, otherwise 0.
const redis_script& remove_visitors_script();

/// Time of sign-in up to which rows are over, how many users, how many rows. Returns how many rows it removed, and the text of
/// each user who has no other.
const redis_script& expire_visitors_script();

} // namespace coauth::store::redis
