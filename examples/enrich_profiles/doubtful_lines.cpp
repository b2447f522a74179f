#include "enrich_profiles/doubtful_lines.hpp"

#include <algorithm>
#include <iterator>

namespace enrich {

void doubtful_lines::failed(held_lines lines, const coauth::error& why, std::uint64_t next_ticket, bool own)
{
    failure& added = failures_.emplace_back();
    added.lines = std::move(lines);
    added.next_ticket = next_ticket;
    in_a_row_ += own;
    last_error_ = why;
}

doubtful_lines::held_lines doubtful_lines::succeeded(std::uint64_t ticket)
{
    in_a_row_ = 0;
    any_success_ = true;
    held_lines released;
    const auto asked_before = [ticket](const failure& f) { return f.next_ticket <= ticket; };
    const auto kept = std::stable_partition(failures_.begin(), failures_.end(), asked_before);
    for (auto f = failures_.begin(); f != kept; ++f)
        std::move(f->lines.begin(), f->lines.end(), std::back_inserter(released));
    failures_.erase(failures_.begin(), kept);
    return released;
}

doubtful_lines::held_lines doubtful_lines::ended()
{
    held_lines released;
    for (failure& f : failures_)
        if (any_success_)
            std::move(f.lines.begin(), f.lines.end(), std::back_inserter(released));
    failures_.clear();
    return released;
}

} // namespace enrich
