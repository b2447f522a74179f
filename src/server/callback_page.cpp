#include "server/callback_page.hpp"

#include <string_view>

namespace coauth::server {

namespace {

response page(int status, std::string_view title, std::string_view text)
{
    std::string html = R"(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>)";
    html += title;
    html += R"(</title>
<style>
:root { color-scheme: light dark; }
body { font: 1.125rem/1.5 system-ui, sans-serif; max-width: 30rem; margin: 20vh auto 0; padding: 0 1.25rem; }
h1 { font-size: 1.5rem; }
</style>
</head>
<body>
<main>
<h1>)";
    html += title;
    html += "</h1>\n<p>";
    html += text;
    html += "</p>\n</main>\n</body>\n</html>\n";

    response out(status, "text/html; charset=utf-8", std::move(html));
    out.headers.add("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'");
    out.headers.add("Cache-Control", "no-store");
    // The address of this page holds the verifier.
    out.headers.add("Referrer-Policy", "no-referrer");
    out.headers.add("X-Content-Type-Options", "nosniff");
    return out;
}

} // namespace

response callback_page(callback_outcome outcome)
{
    response out;
    switch (outcome) {
    case callback_outcome::done:
        // Perhaps the person allowed it, perhaps not: that is for the app to say.
        out = page(200, "Back to the app", "You can close this window and go back to the app.");
        out.headers.add("Connection", "close");
        break;
    case callback_outcome::refused:
        out = page(400, "This is not the sign-in the app is waiting for",
            "It is still waiting. Go back to the page where you were asked, or start again from the app.");
        break;
    case callback_outcome::gone:
        out = page(410, "This sign-in is over", "You can close this window and go back to the app.");
        out.headers.add("Connection", "close");
        break;
    case callback_outcome::elsewhere:
        out = page(404, "There is nothing here", "You can close this window.");
        break;
    case callback_outcome::wrong_method:
        out = page(405, "This page can only be read", "You can close this window.");
        out.headers.add("Allow", "GET, HEAD");
        break;
    }
    return out;
}

} // namespace coauth::server
