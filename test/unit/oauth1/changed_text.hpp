// A text with one piece of it changed, as a faulty client or an attacker on the network would change it.
// A piece that is not there fails the test: otherwise it would test the right text.
#pragma once

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <utility>

namespace by_hand {

/// The first `old_piece` becomes `new_piece`.
inline std::string replace(std::string text, std::string_view old_piece, std::string_view new_piece)
{
    const auto at = text.find(old_piece);
    INFO("looked for ", std::string(old_piece), " in ", text);
    REQUIRE(at != text.npos);
    return text.replace(at, old_piece.size(), new_piece);
}

/// Every `old_piece` becomes `new_piece`. There may be none.
inline std::string replace_all(std::string text, std::string_view old_piece, std::string_view new_piece)
{
    for (auto at = text.find(old_piece); at != text.npos; at = text.find(old_piece, at + new_piece.size()))
        text.replace(at, old_piece.size(), new_piece);
    return text;
}

/// The first `piece` is taken out.
inline std::string without(std::string text, std::string_view piece)
{
    return replace(std::move(text), piece, "");
}

} // namespace by_hand
