#include "sandbox/oauth2/page_request.hpp"

#include "sandbox/oauth2/refusal.hpp"
#include "sandbox/pages.hpp"

#include <coauth/server/prefetch.hpp>
#include <coauth/server/same_origin.hpp>

namespace coauth::sandbox {

page_request read_page_request(const call& c, refusal_note& note)
{
    page_request out;
    out.is_form = c.http->method == "POST";
    if (!out.is_form && server::is_prefetch(*c.http)) {
        explain(note, refusal("", "prefetch", "the browser fetched the page ahead of the user"));
        out.refused = server::refuse_prefetch();
    } else if (out.is_form && !server::came_from_same_origin(*c.http, c.base_url)) {
        explain(note, refusal("", "foreign_form", "the form was sent from another site (Origin, Sec-Fetch-Site)"));
        out.refused = refused_form_page("It was sent from another site.");
    } else {
        out.sent = read_parameters_of(c.http->query(), form_body(*c.http));
    }
    return out;
}

} // namespace coauth::sandbox
