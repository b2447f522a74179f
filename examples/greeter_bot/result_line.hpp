// What stdout says of a mention. No I/O.
#pragma once

#include "greeter_bot/memory.hpp"

#include <string>
#include <string_view>

namespace greeter_bot {

/// A line of text with its end: `answered @ada (mention 5, reply 9)`, without what is not known.
std::string result_text(const intention& settled, std::string_view outcome, std::string_view reply);

/// The same as JSON: {"mention","username","reply","outcome"}, with null for what is not known.
std::string result_json(const intention& settled, std::string_view outcome, std::string_view reply);

} // namespace greeter_bot
