// What a user's browser asks of a page, or sends by its form.
#pragma once

#include "sandbox/call.hpp"
#include "sandbox/oauth2/parameters.hpp"
#include "sandbox/refusal_note.hpp"

#include <coauth/server/http_server.hpp>

#include <optional>

namespace coauth::sandbox {

struct page_request {
    page_request() = default;

    bool is_form = false; ///< The user decided; otherwise the page is asked for.
    parameter_reading sent;
    std::optional<server::response> refused;
};

/// Refuses what a browser fetches ahead of its user, and a form of another site; `note` says why.
page_request read_page_request(const call& c, refusal_note& note);

} // namespace coauth::sandbox
