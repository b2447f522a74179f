// Which redirect URIs a client may use (RFC 6749, section 3.1.2; RFC 8252; RFC 9700, section 4.1.3).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace coauth::sandbox {

/// True for what could be registered: an absolute https URL, an http URL on loopback, or a URI of an app's own scheme
/// with a dot in it (`com.example.app:/callback`). At most 1024 octets, without fragment and user information, and
/// nothing in it that must be percent-encoded.
bool is_redirect_uri(std::string_view uri);

/// Nothing if the client may use `uri`; otherwise why not, in a sentence.
/// `registered`: compared character by character, except for the port of an http URL on loopback; nothing at all: any
/// redirect URI.
std::optional<std::string> redirect_refusal(
    std::string_view uri, const std::optional<std::vector<std::string>>& registered);

} // namespace coauth::sandbox
