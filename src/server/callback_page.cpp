#include "server/callback_page.hpp"

#include <coauth/server/page.hpp>

#include <string_view>

namespace coauth::server {

namespace {

constexpr std::string_view style =
    ":root{color-scheme:light dark}"
    "body{font:1.125rem/1.5 system-ui,sans-serif;max-width:30rem;margin:20vh auto 0;padding:0 1.25rem}"
    "h1{font-size:1.5rem}";

response styled_page(int status, std::string_view title, std::string_view text)
{
    server::page page(status, std::string(title), {});
    page.body.append("<h1>").append(title).append("</h1>\n<p>").append(text).append("</p>\n");
    page.style = style;
    page.form_targets.clear(); // it has no form
    return html_page(page);
}

} // namespace

response callback_page(callback_outcome outcome)
{
    response out;
    switch (outcome) {
    case callback_outcome::done:
        // The app tells the user whether the provider's answer was yes.
        out = styled_page(200, "Back to the app", "You can close this window and go back to the app.");
        out.headers.add("Connection", "close");
        break;
    case callback_outcome::refused:
        out = styled_page(400, "This is not the sign-in the app is waiting for",
            "It is still waiting. Go back to the page where you were asked, or start again from the app.");
        break;
    case callback_outcome::gone:
        out = styled_page(410, "This sign-in is over", "You can close this window and go back to the app.");
        out.headers.add("Connection", "close");
        break;
    case callback_outcome::elsewhere:
        out = styled_page(404, "There is nothing here", "You can close this window.");
        break;
    case callback_outcome::wrong_method:
        out = styled_page(405, "This page can only be read", "You can close this window.");
        out.headers.add("Allow", "GET, HEAD");
        break;
    }
    return out;
}

} // namespace coauth::server
