#include "session/lookups/answer_cache.hpp"

#include <utility>

namespace coauth::sessions {

answer answer_cache::find(std::uint64_t person, std::string_view key, time_point now)
{
    const auto theirs = shelves_.find(person);
    if (theirs == shelves_.end())
        return nullptr;
    const auto found = theirs->second.find(key);
    if (found == theirs->second.end())
        return nullptr;
    const auto which = found->second;
    if (now >= which->until) {
        drop(which);
        return nullptr;
    }
    used_.splice(used_.begin(), used_, which);
    return which->what;
}

void answer_cache::keep(std::uint64_t person, std::string_view key, answer what, time_point until)
{
    if (most_ == 0)
        return;
    if (const auto theirs = shelves_.find(person); theirs != shelves_.end())
        if (const auto old = theirs->second.find(key); old != theirs->second.end())
            drop(old->second);
    if (used_.size() >= most_)
        drop(std::prev(used_.end()));
    used_.emplace_front(person, std::string(key), std::move(what), until);
    shelves_[person].emplace(used_.front().key, used_.begin());
}

void answer_cache::forget(std::uint64_t person)
{
    const auto theirs = shelves_.find(person);
    if (theirs == shelves_.end())
        return;
    for (const auto& [key, which] : theirs->second)
        used_.erase(which);
    shelves_.erase(theirs);
}

void answer_cache::drop(entries::iterator which)
{
    const auto theirs = shelves_.find(which->person);
    theirs->second.erase(which->key);
    if (theirs->second.empty())
        shelves_.erase(theirs);
    used_.erase(which);
}

} // namespace coauth::sessions
