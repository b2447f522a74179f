// The pages a user sees. They work without JavaScript and on a telephone, and escape what they show.
#pragma once

#include "sandbox/tools/journal.hpp"
#include "sandbox/world/world.hpp"

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
    std::string callback; ///< Where the user is sent afterwards, or "oob".
    bool may_write = true;
    std::string username;    ///< Filled in.
    std::string problem;     ///< Why the last attempt did not work, or empty.
    std::vector<user> users; ///< Suggested.
};

server::response authorize_page(const authorize_view& view, int status = 200);

/// After allowing, for an app that can't be redirected to.
server::response pin_page(std::string_view app_name, std::string_view pin);

/// After refusing, for an app that can't be redirected to.
server::response denied_page(std::string_view app_name);

/// The login of the page can't go on: its request token is missing, unknown, used, denied or too old. `reason` says
/// which.
server::response dead_token_page(std::string_view reason);

/// A form that did not come from the sandbox's own page, or can't be read.
server::response refused_form_page(std::string_view why);

/// What the front page shows.
struct index_view {
    index_view() = default;

    std::string base_url, consumer_key, client_id, public_client_id, control_url, mode;
    std::vector<journal_entry> refusals; ///< Newest first.
};

/// A page in the sandbox's style. `form_targets`: as in `server::page`; empty: it has no form.
server::response sandbox_page(
    int status, std::string_view title, std::string_view body, std::string_view form_targets = "");
std::string hidden_field(std::string_view name, std::string_view value);
/// The field for the username, with suggestions.
std::string user_field(std::string_view username, const std::vector<user>& suggested);
/// A refusal's explanation as a sentence of a page.
std::string page_sentence(std::string_view explanation);

/// What this is, how to use it, and what was refused last.
server::response index_page(const index_view& view);

} // namespace coauth::sandbox
