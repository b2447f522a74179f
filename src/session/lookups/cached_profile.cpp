// Profiles that are in the cache.
#include "session/lookups/lookups.hpp"

#include <coauth/session/session_event.hpp>

#include <new>

namespace coauth::sessions {

lookups::cached_profile::cached_profile(lookups& owner, const std::string& user_id, const coauth::user_ref& user)
    : setup_(*owner.setup_), user_id_(user_id), reading_(setup_.cached)
{
    if (owner.closed_)
        return;
    const owner_ptr* const token = owner.tokens_->held_now(user_id);
    if (!token || !(*token)->directory)
        return;
    found_ = owner.batcher_.cached(**token, user, setup_.soon());
    if (found_)
        reading_.count_hit();
}

lookups::cached_profile::~cached_profile()
{
    if (!found_ || !setup_.options.on_event)
        return;
    reading_.unlock();
    try {
        setup_.report(session_event(session_event_kind::cache_hit, user_id_));
    } catch (const std::bad_alloc&) {
        // The hit is counted, and not reported.
    }
}

} // namespace coauth::sessions
