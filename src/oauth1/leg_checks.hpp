// What the legs of a login are given, checked.
#pragma once

#include <coauth/error.hpp>

#include <string_view>

namespace coauth::oauth1 {

/// Fails for what is neither an absolute URL nor `oob`.
result<void> check_callback(std::string_view callback);

/// Fails for a verifier that is empty, over 512 octets or holds a control character.
result<void> check_verifier(std::string_view verifier);

} // namespace coauth::oauth1
