#include "session/lookups/lookup_cache.hpp"

#include <utility>

namespace coauth::sessions {

const lookup_ptr* lookup_cache::find(std::uint64_t owner, std::string_view key, time_point now) const
{
    const auto& known = entries_.get<by_key>();
    const auto found = known.find(identity{owner, key});
    return found == known.end() ? nullptr : use(*found, now);
}

const lookup_ptr* lookup_cache::find_asked(std::uint64_t owner, const coauth::user_ref& user, time_point now) const
{
    const auto& known = entries_.get<by_question>();
    const auto found = known.find(question_of::of(owner, user));
    return found == known.end() ? nullptr : use(*found, now);
}

const lookup_ptr* lookup_cache::use(const entry& found, time_point now) noexcept
{
    if (now >= found.expires_at)
        return nullptr;
    // Read first: a line that every reader writes to would go from processor to processor.
    if (!found.used.load(std::memory_order_relaxed))
        found.used.store(true, std::memory_order_relaxed);
    return &found.result;
}

void lookup_cache::put(std::uint64_t owner, std::string_view key, lookup_ptr result, time_point expires_at)
{
    if (capacity_ == 0)
        return;
    auto& known = entries_.get<by_key>();
    if (const auto old = known.find(identity{owner, key}); old != known.end())
        known.erase(old);
    if (entries_.size() >= capacity_)
        evict_one();
    entries_.get<by_age>().emplace_back(owner, key, std::move(result), expires_at);
}

void lookup_cache::remove_all(std::uint64_t owner)
{
    entries_.get<by_owner>().erase(owner);
}

// Each that was used goes behind the newest, once.
void lookup_cache::evict_one()
{
    auto& oldest = entries_.get<by_age>();
    while (oldest.front().used.exchange(false, std::memory_order_relaxed))
        oldest.relocate(oldest.end(), oldest.begin());
    oldest.pop_front();
}

} // namespace coauth::sessions
