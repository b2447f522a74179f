#include <coauth/text/copied_with.hpp>

#include <array>
#include <utility>

namespace coauth::text {

std::string_view copied_with(std::string_view text) noexcept
{
    constexpr std::array<std::string_view, 4> blanks = {" ", "\t", "\u00a0", "\u200b"};
    constexpr std::string_view byte_order_mark = "\ufeff";
    constexpr std::array<std::pair<std::string_view, std::string_view>, 4> quotes = {
        {{"\"", "\""}, {"'", "'"}, {"\u201c", "\u201d"}, {"\u2018", "\u2019"}}};
    if (text.starts_with(byte_order_mark))
        return "a byte order mark";
    for (const std::string_view blank : blanks)
        if (text.starts_with(blank) || text.ends_with(blank))
            return "a blank";
    for (const auto& [opening, closing] : quotes)
        if (text.size() >= opening.size() + closing.size() && text.starts_with(opening) && text.ends_with(closing))
            return "quotation marks";
    return {};
}

} // namespace coauth::text
