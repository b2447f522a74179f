// What the bot says: a template, and how a second greeting differs from the first.
#pragma once

#include "greeter_bot/memory.hpp"

#include <coauth/error.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace greeter_bot {

/// The text that is sent to `username`. The template must be a good one.
std::string message_for(std::string_view message_template, std::string_view username);

/// Why this can't be a template for a post, in a few words; empty if it can. `{username}` is the only
/// text that may be in braces.
std::string template_fault(std::string_view message_template);

/// `text`, or if it was said before `text (2)`, `text (3)`, ...: a provider refuses the same text twice,
/// in reply to any post. Where the number does not fit, the text stays unchanged.
std::string distinct(std::string text, const std::vector<settled_mention>& said);

/// What a post may have at most, by `post_length`.
inline constexpr std::size_t longest_post = 280;

/// Why a text is too long for a post; the template fits with a user name of 15 letters, and old accounts have up to 20.
std::optional<coauth::error> length_fault(std::string_view text);

/// The length as X counts it: most alphabets count 1 a character, others, and emoji, 2.
std::size_t post_length(std::string_view text);

} // namespace greeter_bot
