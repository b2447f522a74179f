#include "enrich_profiles/release_window.hpp"

#include <utility>

namespace enrich {

bool release_window::fits(std::uint64_t number) const noexcept
{
    return places_.empty() || number - places_.front().number < width_;
}

std::uint64_t release_window::take(std::uint64_t number)
{
    places_.emplace_back(number);
    return first_ticket_ + places_.size() - 1;
}

void release_window::set_line(std::uint64_t ticket, output_line line)
{
    place& mine = places_[static_cast<std::size_t>(ticket - first_ticket_)];
    mine.has_line = true;
    if (in_order_)
        mine.line = std::move(line);
    else
        ready_.push_back(std::move(line));

    while (!places_.empty() && places_.front().has_line) {
        if (in_order_)
            ready_.push_back(std::move(*places_.front().line));
        places_.pop_front();
        ++first_ticket_;
    }
}

std::vector<output_line> release_window::release()
{
    return std::exchange(ready_, {});
}

std::vector<output_line> release_window::release_rest()
{
    for (place& p : places_)
        if (p.line)
            ready_.push_back(std::move(*p.line));
    places_.clear();
    return release();
}

} // namespace enrich
