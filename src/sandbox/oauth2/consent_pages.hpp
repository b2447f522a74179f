// The pages on which a user allows a client, at a browser of the client's or at another.
#pragma once

#include "sandbox/world/world.hpp"

#include <coauth/server/http_server.hpp>
#include <coauth/text/form.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace coauth::sandbox {

struct consent_view {
    consent_view() = default;

    std::string provider;     ///< "GitHub"
    std::string action;       ///< Where the form goes: "/github/login/oauth/authorize".
    std::string client_name;  ///< Empty on a device page that has no code yet.
    std::string redirect_uri; ///< Empty on a device page.
    std::vector<std::string> scope;
    text::form hidden; ///< The request, which the form carries along.
    std::string username, user_code;
    std::string problem;     ///< Why the last attempt did not work, or empty.
    std::vector<user> users; ///< Suggested.
};

server::response consent_page(const consent_view& view);

/// The same for a device: asks for the code that the device shows, too.
server::response device_consent_page(const consent_view& view);

/// After the user decided about a device's login.
server::response device_done_page(std::string_view client_name, bool allowed);

/// A request that can't be sent back to its client, because client or redirect URI are not proven.
server::response refused_request_page(int status, std::string_view explanation);

} // namespace coauth::sandbox
