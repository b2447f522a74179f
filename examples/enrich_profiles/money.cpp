#include "enrich_profiles/money.hpp"

#include <coauth/text/ascii.hpp>

#include <algorithm>

namespace enrich {

namespace {

constexpr micros unit = 1'000'000;
constexpr std::size_t decimals = 6;
constexpr std::size_t most_digits = 9; // before the point

} // namespace

std::optional<micros> read_amount(std::string_view text)
{
    const auto point = text.find('.');
    std::string_view whole = text.substr(0, point);
    std::string_view part = point == text.npos ? std::string_view() : text.substr(point + 1);
    if (!coauth::text::all_digits(whole) || !coauth::text::all_digits(part) || (whole.empty() && part.empty()))
        return std::nullopt;
    while (whole.starts_with('0'))
        whole.remove_prefix(1);
    while (part.ends_with('0'))
        part.remove_suffix(1);
    if (whole.size() > most_digits || part.size() > decimals)
        return std::nullopt;

    micros amount = 0;
    for (const char c : whole)
        amount = amount * 10 + static_cast<micros>(c - '0');
    for (std::size_t i = 0; i < decimals; ++i)
        amount = amount * 10 + (i < part.size() ? static_cast<micros>(part[i] - '0') : 0);
    return amount;
}

std::string amount_text(micros amount)
{
    std::string text = std::to_string(amount / unit);
    const std::string part = std::to_string(unit + amount % unit).substr(1);
    const auto last = part.find_last_not_of('0');
    if (last != part.npos)
        text += '.' + part.substr(0, last + 1);
    return text;
}

std::size_t budget::fits(micros cost, std::size_t in_flight, std::size_t most) const noexcept
{
    if (!limit_ || price_ == 0)
        return most;
    const micros bound = cost + in_flight * price_;
    return bound >= *limit_ ? 0 : std::min<std::size_t>(most, (*limit_ - bound) / price_);
}

} // namespace enrich
