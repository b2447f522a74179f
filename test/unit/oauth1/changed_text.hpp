// A text with one piece of it changed, as a faulty client or a stranger on the way would change it.
// A piece that is not there fails the test: otherwise it would test the right text.
#pragma once

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <utility>

namespace by_hand {

/// The first `from` becomes `to`.
inline std::string replace(std::string text, std::string_view from, std::string_view to)
{
    const auto at = text.find(from);
    INFO("looked for ", std::string(from), " in ", text);
    REQUIRE(at != text.npos);
    return text.replace(at, from.size(), to);
}

/// Every `from` becomes `to`. There may be none.
inline std::string replace_all(std::string text, std::string_view from, std::string_view to)
{
    for (auto at = text.find(from); at != text.npos; at = text.find(from, at + to.size()))
        text.replace(at, from.size(), to);
    return text;
}

/// The first `piece` is taken out.
inline std::string without(std::string text, std::string_view piece)
{
    return replace(std::move(text), piece, "");
}

} // namespace by_hand
