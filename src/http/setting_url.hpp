// Reads the URLs of settings, before any rule about plain http.
#pragma once

#include <coauth/http/origin.hpp>

namespace coauth::http {

/// An absolute http or https URL without user information, query or fragment.
result<base_url> read_setting_url(std::string_view url);

} // namespace coauth::http
