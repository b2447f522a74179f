#include "session/lookups/lookup_cache.hpp"

#include <utility>

namespace coauth::sessions {

lookup_ptr lookup_cache::find(std::uint64_t owner, std::string_view key, time_point now)
{
    const auto keys = by_owner_.find(owner);
    if (keys == by_owner_.end())
        return nullptr;
    const auto found = keys->second.find(key);
    if (found == keys->second.end())
        return nullptr;
    const auto position = found->second;
    if (now >= position->expires_at) {
        erase(position);
        return nullptr;
    }
    used_.splice(used_.begin(), used_, position);
    return position->result;
}

void lookup_cache::put(std::uint64_t owner, std::string_view key, lookup_ptr result, time_point expires_at)
{
    if (capacity_ == 0)
        return;
    if (const auto keys = by_owner_.find(owner); keys != by_owner_.end())
        if (const auto old = keys->second.find(key); old != keys->second.end())
            erase(old->second);
    if (used_.size() >= capacity_)
        erase(std::prev(used_.end()));
    used_.emplace_front(owner, std::string(key), std::move(result), expires_at);
    by_owner_[owner].emplace(used_.front().key, used_.begin());
}

void lookup_cache::remove_all(std::uint64_t owner)
{
    const auto keys = by_owner_.find(owner);
    if (keys == by_owner_.end())
        return;
    for (const auto& [key, position] : keys->second)
        used_.erase(position);
    by_owner_.erase(keys);
}

void lookup_cache::erase(entries::iterator position)
{
    const auto keys = by_owner_.find(position->owner);
    keys->second.erase(position->key);
    if (keys->second.empty())
        by_owner_.erase(keys);
    used_.erase(position);
}

} // namespace coauth::sessions
