#include "twitter/values.hpp"

#include "twitter/names.hpp"

namespace coauth::twitter {

namespace {

// 2^63 and above have 19 digits too, and fit no signed integer.
bool is_id_in_range(std::string_view text) noexcept
{
    constexpr std::string_view largest = "9223372036854775807";
    return is_id(text) && (text.size() < largest.size() || text <= largest);
}

} // namespace

std::optional<std::string> value::id() const
{
    if (kind == value_kind::integer && number > 0)
        return std::to_string(number);
    return is_id_in_range(text) ? std::optional<std::string>(text) : std::nullopt;
}

own_id own_id_of(const value& id_str, const value& id)
{
    if (id_str.is_repeated() || id.is_repeated())
        return {{}, id_str.is_repeated() ? "id_str" : "id", "named more than once"};
    // `id` is not looked at beside `id_str`: JavaScript made a double of it somewhere on the way.
    const value& read = id_str.is_given() ? id_str : id;
    const std::string_view member = id_str.is_given() ? "id_str" : "id";
    if (auto text = read.id())
        return {*std::move(text), member, {}};
    return {{}, member, read.is_given() ? "not an id" : "missing"};
}

} // namespace coauth::twitter
