// What happens to pending logins in one step.
#pragma once

#include "store/redis/request.hpp"

namespace coauth::store::redis {

// All take the time first, then how many logins may be pending, and how long one may take and is remembered, in microseconds.
// Beside the logins' own keys there are `due` (a sorted set: identifier and browser by the time at which the login is due),
// `browsers` (browser, that time, identifier), `spent` (a list of those that have ended, the earliest first) and `expired` (how
// many have expired since that was asked).

/// And: identifier, the same in hexadecimal, browser, time at which it is due, the time behind now, logins of one browser, what is sealed, lifetime of
/// the key in milliseconds. Returns `added`, `known`, `all` or `browser`: which cap is reached.
const redis_script& add_login_script();

/// And: identifier, the same in hexadecimal, browser, until when it is remembered, lifetime of the key. Returns the status, and if that is `taken`,
/// when it was due and what is sealed.
const redis_script& take_login_script();

/// And: browser, the time behind now. Returns how many are pending, and how many of the browser. Only reads.
const redis_script& count_logins_script();

/// And: how many at most. Returns how many have expired since it was called last, how many it removed, and when the next one is
/// due, if any is.
const redis_script& expire_logins_script();

/// The time, unused; identifier, sender, what is sealed, how many the stream holds, and its lifetime in milliseconds.
const redis_script& end_login_script();

} // namespace coauth::store::redis
