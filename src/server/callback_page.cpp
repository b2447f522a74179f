#include "server/callback_page.hpp"

#include <coauth/server/page.hpp>

#include <string_view>

namespace coauth::server {

namespace {

constexpr std::string_view style =
    ":root{color-scheme:light dark}"
    "body{font:1.125rem/1.5 system-ui,sans-serif;max-width:30rem;margin:20vh auto 0;padding:0 1.25rem}"
    "h1{font-size:1.5rem}";

response dressed(int status, std::string_view title, std::string_view text)
{
    server::page what(status, std::string(title), {});
    what.body.append("<h1>").append(title).append("</h1>\n<p>").append(text).append("</p>\n");
    what.style = style;
    what.form_targets.clear(); // it has no form
    return html_page(what);
}

} // namespace

response callback_page(callback_outcome outcome)
{
    response out;
    switch (outcome) {
    case callback_outcome::done:
        // Perhaps the person allowed it, perhaps not: that is for the app to say.
        out = dressed(200, "Back to the app", "You can close this window and go back to the app.");
        out.headers.add("Connection", "close");
        break;
    case callback_outcome::refused:
        out = dressed(400, "This is not the sign-in the app is waiting for",
            "It is still waiting. Go back to the page where you were asked, or start again from the app.");
        break;
    case callback_outcome::gone:
        out = dressed(410, "This sign-in is over", "You can close this window and go back to the app.");
        out.headers.add("Connection", "close");
        break;
    case callback_outcome::elsewhere:
        out = dressed(404, "There is nothing here", "You can close this window.");
        break;
    case callback_outcome::wrong_method:
        out = dressed(405, "This page can only be read", "You can close this window.");
        out.headers.add("Allow", "GET, HEAD");
        break;
    }
    return out;
}

} // namespace coauth::server
