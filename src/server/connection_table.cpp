#include "server/connection_table.hpp"

#include <algorithm>

namespace coauth::server {

connection_table::connection_table(std::size_t most, std::size_t most_per_block)
    : most_(most), most_per_block_(most_per_block), slack_(std::max<std::size_t>(1, most / 16))
{}

connection_table::decision connection_table::admit(const address_block& block)
{
    const std::lock_guard lock(mutex_);
    decision out;
    const auto neighbours = by_block_.find(block);
    if (most_per_block_ > 0 && neighbours != by_block_.end() && neighbours->second >= most_per_block_) {
        ++totals_.refused_by_address;
        return out;
    }
    const bool full = by_id_.size() - leaving_ >= most_;
    if (full && !may_evict()) {
        ++totals_.refused_full;
        return out;
    }

    // All that may run out of memory comes first.
    entries added;
    added.emplace_back(last_ + 1, block);
    const auto count = by_block_.try_emplace(block, 0).first;
    try {
        by_id_.emplace(last_ + 1, added.begin());
    } catch (...) {
        if (count->second == 0)
            by_block_.erase(count);
        throw;
    }

    if (full)
        out.evicted = evict_oldest();
    idle_.splice(idle_.end(), added);
    ++count->second;
    ++totals_.accepted;
    out.admitted = ++last_;
    return out;
}

connection_table::id connection_table::evict() noexcept
{
    const std::lock_guard lock(mutex_);
    return may_evict() ? evict_oldest() : 0;
}

void connection_table::idle(id number) noexcept
{
    const std::lock_guard lock(mutex_);
    const auto found = find(number);
    if (found == busy_.end() || found->is_idle || found->leaving)
        return;
    found->is_idle = true;
    idle_.splice(idle_.end(), busy_, found);
}

void connection_table::busy(id number) noexcept
{
    const std::lock_guard lock(mutex_);
    const auto found = find(number);
    if (found != busy_.end() && found->is_idle)
        make_busy(found);
}

void connection_table::remove(id number) noexcept
{
    const std::lock_guard lock(mutex_);
    const auto found = find(number);
    if (found == busy_.end())
        return;
    if (found->leaving)
        --leaving_;
    const auto count = by_block_.find(found->block);
    if (--count->second == 0)
        by_block_.erase(count);
    by_id_.erase(number);
    (found->is_idle ? idle_ : busy_).erase(found);
}

bool connection_table::has_room() const
{
    const std::lock_guard lock(mutex_);
    return by_id_.size() - leaving_ < most_;
}

server_stats connection_table::stats() const
{
    const std::lock_guard lock(mutex_);
    server_stats out = totals_;
    out.open = by_id_.size();
    out.idle = idle_.size();
    return out;
}

connection_table::entries::iterator connection_table::find(id number) noexcept
{
    const auto found = by_id_.find(number);
    return found == by_id_.end() ? busy_.end() : found->second;
}

bool connection_table::may_evict() const noexcept
{
    return !idle_.empty() && leaving_ < slack_;
}

connection_table::id connection_table::evict_oldest() noexcept
{
    const auto oldest = idle_.begin();
    make_busy(oldest);
    oldest->leaving = true;
    ++leaving_;
    ++totals_.evicted;
    return oldest->number;
}

void connection_table::make_busy(entries::iterator entry) noexcept
{
    entry->is_idle = false;
    busy_.splice(busy_.end(), idle_, entry);
}

} // namespace coauth::server
