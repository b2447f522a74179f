#include "server/connection_table.hpp"

#include <algorithm>

namespace coauth::server {

connection_table::connection_table(std::size_t most, std::size_t most_per_block)
    : most_(most), most_per_block_(most_per_block), slack_(std::max<std::size_t>(1, most / 16))
{}

connection_table::decision connection_table::admit(const address_block& from)
{
    const std::lock_guard lock(mutex_);
    decision out;
    const auto neighbours = by_block_.find(from);
    if (most_per_block_ > 0 && neighbours != by_block_.end() && neighbours->second >= most_per_block_) {
        ++totals_.refused_by_address;
        return out;
    }
    const bool full = by_id_.size() - leaving_ >= most_;
    if (full && (idle_.empty() || leaving_ >= slack_)) {
        ++totals_.refused_full;
        return out;
    }

    // What may run out of memory comes first, and is undone together.
    seats newcomer;
    newcomer.emplace_back(last_ + 1, from);
    const auto block = by_block_.try_emplace(from, 0).first;
    try {
        by_id_.emplace(last_ + 1, newcomer.begin());
    } catch (...) {
        if (block->second == 0)
            by_block_.erase(block);
        throw;
    }

    if (full) {
        const auto oldest = idle_.begin();
        make_busy(oldest);
        oldest->leaving = true;
        ++leaving_;
        ++totals_.evicted;
        out.evicted = oldest->who;
    }
    idle_.splice(idle_.end(), newcomer);
    ++block->second;
    ++totals_.accepted;
    out.admitted = ++last_;
    return out;
}

void connection_table::idle(id who) noexcept
{
    const std::lock_guard lock(mutex_);
    const auto which = find(who);
    if (which == busy_.end() || which->is_idle || which->leaving)
        return;
    which->is_idle = true;
    idle_.splice(idle_.end(), busy_, which);
}

void connection_table::busy(id who) noexcept
{
    const std::lock_guard lock(mutex_);
    const auto which = find(who);
    if (which != busy_.end() && which->is_idle)
        make_busy(which);
}

void connection_table::remove(id who) noexcept
{
    const std::lock_guard lock(mutex_);
    const auto which = find(who);
    if (which == busy_.end())
        return;
    if (which->leaving)
        --leaving_;
    const auto block = by_block_.find(which->from);
    if (--block->second == 0)
        by_block_.erase(block);
    by_id_.erase(who);
    (which->is_idle ? idle_ : busy_).erase(which);
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

connection_table::seats::iterator connection_table::find(id who) noexcept
{
    const auto found = by_id_.find(who);
    return found == by_id_.end() ? busy_.end() : found->second;
}

void connection_table::make_busy(seats::iterator which) noexcept
{
    which->is_idle = false;
    busy_.splice(busy_.end(), idle_, which);
}

} // namespace coauth::server
