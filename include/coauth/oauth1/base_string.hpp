// The text that is signed (RFC 5849, section 3.4.1).
#pragma once

#include <coauth/oauth1/message.hpp>
#include <coauth/oauth1/target.hpp>

#include <string>
#include <string_view>

namespace coauth::oauth1 {

/// scheme://host[:port]/path, with scheme and host in lower case and the scheme's own port left out
/// (section 3.4.1.2).
COAUTH_DECL std::string base_string_uri(const target& url);

/// METHOD&uri&parameters, each encoded. `normalized` comes from `normalize()`.
COAUTH_DECL std::string signature_base_string(
    std::string_view method, std::string_view base_uri, std::string_view normalized);

} // namespace coauth::oauth1
