// What providers' readers of profiles share.
#pragma once

#include <coauth/identity/profile.hpp>

#include <boost/json/object.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace coauth::providers {

/// The standard claims of OpenID Connect (Core, section 5.1), of an ID token or the userinfo endpoint. Throws
/// `errc::malformed_response` for anything but an object with a `sub` of 1 to 255 printable characters of ASCII.
profile read_claims(std::string_view body);

/// A member that is an id: printable ASCII of 1 to 255 octets. Throws `errc::malformed_response`.
std::string required_id(const boost::json::object& object, std::string_view name);

/// A member that is an https URL of printable ASCII.
std::optional<std::string> find_https_url(const boost::json::object& object, std::string_view name);

/// The same for http or https, and not for anything else that a link could hold.
std::optional<std::string> find_web_url(const boost::json::object& object, std::string_view name);

/// A member that is an e-mail address, if it can be taken as it is: a repaired one could be another user's.
std::optional<std::string> find_email_address(const boost::json::object& object, std::string_view name);

} // namespace coauth::providers
