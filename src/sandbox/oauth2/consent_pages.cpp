#include "sandbox/oauth2/consent_pages.hpp"

#include "sandbox/oauth1/callback_rules.hpp"
#include "sandbox/pages.hpp"

#include <coauth/server/page.hpp>

namespace coauth::sandbox {

namespace {

using server::escape_html;

std::string form_start(const consent_view& view)
{
    auto html = "<form method=\"post\" action=\"" + escape_html(view.action) + "\">\n";
    for (const auto& [name, value] : view.hidden)
        html += hidden_field(name, value);
    return html;
}

std::string form_end(const consent_view& view)
{
    return user_field(view.username, view.users) +
           "<button class=\"yes\" name=\"allow\" value=\"1\">Allow</button>\n"
           "<button name=\"deny\" value=\"1\">Cancel</button>\n</form>\n"
           "<p class=\"note\">This is coauth-sandbox in the role of " +
           escape_html(view.provider) + ", for tests. No user here is real and no password is needed.</p>\n";
}

std::string problem_of(const consent_view& view)
{
    return view.problem.empty() ? std::string()
                                : "<p class=\"problem\" role=\"alert\">" + escape_html(view.problem) + "</p>\n";
}

std::string scope_list(const consent_view& view)
{
    if (view.scope.empty())
        return "<p>It will see your public profile.</p>\n";
    std::string html = "<p>It asks for:</p>\n<ul>\n";
    for (const auto& word : view.scope)
        html += "<li><code>" + escape_html(word) + "</code></li>\n";
    return html + "</ul>\n";
}

} // namespace

server::response consent_page(const consent_view& view)
{
    auto html = "<h1>Let <b>" + server::isolated_html(view.client_name) + "</b> use your " +
                escape_html(view.provider) + " account?</h1>\n" + problem_of(view) + scope_list(view) +
                "<p>Afterwards you return to <code>" +
                escape_html(view.redirect_uri.substr(0, view.redirect_uri.find('?'))) + "</code></p>\n" +
                form_start(view) + form_end(view);
    // A browser holds the redirect after the form against this list, too, and the app may redirect further.
    return sandbox_page(
        200, "Allow " + view.client_name + "?", html, "'self' http: https: " + scheme_source(view.redirect_uri));
}

server::response device_consent_page(const consent_view& view)
{
    auto html = "<h1>Connect a device with your " + escape_html(view.provider) + " account</h1>\n" + problem_of(view);
    if (!view.client_name.empty())
        html += "<p>The code is from <b>" + server::isolated_html(view.client_name) + "</b>.</p>\n" + scope_list(view);
    html += form_start(view) +
            "<label for=\"user_code\">Code that the device shows</label>\n"
            "<input id=\"user_code\" name=\"user_code\" autocomplete=\"off\" autocapitalize=\"characters\" "
            "spellcheck=\"false\" value=\"" +
            escape_html(view.user_code) + "\">\n" + form_end(view);
    return sandbox_page(200, "Connect a device", html, "'self'");
}

server::response device_done_page(std::string_view client_name, bool allowed)
{
    const auto client = "<b>" + server::isolated_html(client_name) + "</b>";
    return sandbox_page(200, allowed ? "Connected" : "Not connected",
        "<h1>" + (allowed ? "You allowed " + client : client + " may not use your account") +
            "</h1>\n<p>You can close this page and go back to the device.</p>\n");
}

server::response refused_request_page(int status, std::string_view explanation)
{
    return sandbox_page(status, "This request is refused",
        "<h1>This request can't be accepted</h1>\n<p class=\"problem\">" + escape_html(page_sentence(explanation)) +
            "</p>\n<p>It is the app's request that is wrong, and the app is not told: its address is not "
            "proven.</p>\n");
}

} // namespace coauth::sandbox
