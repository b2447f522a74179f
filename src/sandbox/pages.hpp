// The pages a person sees. They work without JavaScript and on a telephone, and escape what they show.
#pragma once

#include "sandbox/world.hpp"

#include <coauth/server/http_server.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace coauth::sandbox {

/// What the authorize page shows.
struct authorize_view {
    authorize_view() = default;

    std::string action;   ///< Where the form goes: "/oauth/authorize".
    std::string token;    ///< The request token.
    std::string app_name; ///< Who asks.
    std::string callback; ///< Where the person is sent afterwards, or "oob".
    bool may_write = true;
    std::string username;       ///< Filled in.
    std::string problem;        ///< Why the last attempt did not work, or empty.
    std::vector<person> people; ///< Suggested.
};

server::response authorize_page(const authorize_view& view, int status = 200);

/// After allowing, for an app that can't be redirected to.
server::response pin_page(std::string_view app_name, std::string_view pin);

/// After refusing, for an app that can't be redirected to.
server::response denied_page(std::string_view app_name);

/// The request token is unknown, used or too old.
server::response dead_token_page();

/// A form that did not come from the sandbox's own page, or can't be read.
server::response refused_form_page(std::string_view why);

/// What this is and how to use it.
server::response index_page(
    std::string_view base_url, std::string_view consumer_key, std::string_view control_url, std::string_view mode);

} // namespace coauth::sandbox
