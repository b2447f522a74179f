// Signature methods by the names that flags and files use.
#pragma once

#include <coauth/oauth1/signature_method.hpp>
#include <coauth/secret.hpp>

#include <optional>
#include <string_view>

namespace program {

/// "HMAC-SHA1" and so on. Throws `errc::invalid_argument` for another name, and for an RSA method without a key.
coauth::oauth1::signature_method signature_method_by_name(
    std::string_view name, const std::optional<coauth::secret>& rsa_key);

} // namespace program
