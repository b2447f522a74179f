#include "enrich_profiles/tally.hpp"

#include <numeric>

namespace enrich {

std::uint64_t tally::all() const noexcept
{
    return std::accumulate(counts_.begin(), counts_.end(), std::uint64_t(0));
}

void tally::replace_failed(const tally& lines) noexcept
{
    counts_[static_cast<std::size_t>(outcome::failed)] -= lines.all();
    for (std::size_t i = 0; i < counts_.size(); ++i)
        counts_[i] += lines.counts_[i];
}

// Formatted here because Boost.JSON prints 0.01 as 1E-2.
std::string summary(const tally& file, const usage& run)
{
    std::string text = "{\"inputs\":" + std::to_string(file.all());
    for (const auto what : {outcome::found, outcome::not_found, outcome::suspended, outcome::invalid, outcome::failed})
        text += ",\"" + std::string(name(what)) + "\":" + std::to_string(file.of(what));
    text += ",\"requests\":" + std::to_string(run.requests);
    // Milliseconds are thousandths, and amounts are exact to a millionth.
    text += ",\"waited_s\":" + amount_text(static_cast<micros>(run.waited.count()) * 1000);
    text += ",\"cost_usd\":" + amount_text(run.cost) + '}';
    return text;
}

} // namespace enrich
