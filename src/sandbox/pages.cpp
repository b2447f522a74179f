#include "sandbox/pages.hpp"

#include "sandbox/oauth1/callback_rules.hpp"
#include "sandbox/x/dates.hpp"

#include <coauth/server/page.hpp>
#include <coauth/text/ascii.hpp>

namespace coauth::sandbox {

namespace {

using server::escape_html;

constexpr std::string_view style =
    ":root{color-scheme:light dark;--ink:#16202a;--quiet:#51606e;--line:#8796a5;--paper:#fff;--ground:#eef1f4;"
    "--alarm:#b3261e}"
    "@media(prefers-color-scheme:dark){:root{--ink:#e8edf2;--quiet:#a3b1bf;--line:#5b6a78;--paper:#1b242d;"
    "--ground:#10161c;--alarm:#ff8a80}}"
    "body{margin:0;font:1rem/1.5 system-ui,sans-serif;background:var(--ground);color:var(--ink);"
    "overflow-wrap:anywhere}"
    "main{box-sizing:border-box;width:calc(100% - 1.5rem);max-width:31rem;margin:5vh "
    "auto;padding:1.5rem;background:var(--paper);border-radius:.75rem}"
    "main>:last-child{margin-bottom:0}"
    "h1{font-size:1.35rem;line-height:1.25;margin:0 0 1rem}"
    "h2{font-size:1.1rem;margin:1.5rem 0 .5rem}"
    ".refusals{padding:0;list-style:none}"
    ".refusals li{border-top:1px solid var(--line)}"
    ".refusals p{margin:.4rem 0}"
    "label{display:block;font-weight:600}"
    "input{box-sizing:border-box;width:100%;font:inherit;color:inherit;background:transparent;padding:.55rem;"
    "margin:.25rem 0 1rem;border:1px solid var(--line);border-radius:.4rem}"
    "button{font:inherit;font-weight:600;padding:.65rem 1.2rem;margin:0 .5rem .5rem 0;border-radius:2rem;border:1px "
    "solid var(--ink);background:transparent;color:var(--ink);cursor:pointer}"
    "button.yes{background:var(--ink);color:var(--paper)}"
    "code{font-family:ui-monospace,monospace}"
    ".pin code{font-size:2rem;letter-spacing:.2em}"
    ".problem{padding:.6rem;border-left:4px solid var(--alarm)}"
    ".note{font-size:.9rem;color:var(--quiet)}";

std::string suggestions(const std::vector<user>& users)
{
    std::string html = "<datalist id=\"users\">\n";
    for (const auto& p : users)
        html += "<option value=\"" + escape_html(p.username) + "\">" + escape_html(p.name) + "</option>\n";
    return html + "</datalist>\n";
}

std::string refusal_item(const journal_entry& e)
{
    const auto path = std::string_view(e.target).substr(0, e.target.find('?'));
    std::string html = "<li><p class=\"note\">" + escape_html(iso8601(e.at)) + "</p>\n<p><code>" +
                       escape_html(e.method) + ' ' + escape_html(path) + "</code> " + std::to_string(e.status) +
                       " <b>" + escape_html(e.refused) + "</b></p>\n";
    if (!e.explanation.empty())
        html += "<p>" + escape_html(page_sentence(e.explanation)) + "</p>\n";
    if (!e.base_string.empty())
        html += "<details><summary>The base string that should have been signed</summary>\n<p><code>" +
                escape_html(e.base_string) + "</code></p></details>\n";
    return html + "</li>\n";
}

} // namespace

server::response sandbox_page(int status, std::string_view title, std::string_view body, std::string_view form_targets)
{
    server::page content(status, std::string(title), std::string(body));
    content.style = style;
    content.form_targets = form_targets;
    return server::html_page(content);
}

std::string hidden_field(std::string_view name, std::string_view value)
{
    return "<input type=\"hidden\" name=\"" + escape_html(name) + "\" value=\"" + escape_html(value) + "\">\n";
}

std::string user_field(std::string_view username, const std::vector<user>& suggested)
{
    return "<label for=\"user\">Username</label>\n"
           "<input id=\"user\" name=\"user\" list=\"users\" autocomplete=\"off\" autocapitalize=\"none\" "
           "spellcheck=\"false\" value=\"" +
           escape_html(username) + "\">\n" + suggestions(suggested);
}

std::string page_sentence(std::string_view explanation)
{
    std::string out(explanation);
    if (!out.empty())
        out.front() = text::upper(out.front());
    return out.empty() ? out : out + '.';
}

server::response authorize_page(const authorize_view& view, int status)
{
    const auto app = server::isolated_html(view.app_name);
    const bool pin = view.callback == "oob";
    std::string html = "<h1>Let <b>" + app + "</b> use your account?</h1>\n";
    if (!view.problem.empty())
        html += "<p class=\"problem\" role=\"alert\">" + escape_html(view.problem) + "</p>\n";
    html += "<p>It will be able to:</p>\n<ul>\n<li>see your profile, your tweets and who follows you</li>\n";
    if (view.may_write)
        html += "<li>post and delete tweets for you</li>\n";
    html += "</ul>\n";
    if (pin)
        html += "<p>Afterwards you get a PIN to type into it.</p>\n";
    else
        html += "<p>Afterwards you return to <code>" + escape_html(view.callback.substr(0, view.callback.find('?'))) +
                "</code></p>\n";
    html += "<form method=\"post\" action=\"" + escape_html(view.action) + "\">\n";
    html += hidden_field("oauth_token", view.token);
    html += user_field(view.username, view.users);
    html +=
        "<button class=\"yes\" name=\"allow\" value=\"1\">Allow</button>\n"
        "<button name=\"deny\" value=\"1\">Cancel</button>\n</form>\n"
        "<p class=\"note\">This is coauth-sandbox, for tests. No user here is real and no password is needed.</p>\n";
    // A browser holds the redirect after the form against this list, too, and the app may redirect further.
    const auto targets = pin ? std::string("'self'") : "'self' http: https: " + scheme_source(view.callback);
    return sandbox_page(status, "Allow " + view.app_name + "?", html, targets);
}

server::response pin_page(std::string_view app_name, std::string_view pin)
{
    const auto app = server::isolated_html(app_name);
    return sandbox_page(200, "Your PIN",
        "<h1>You allowed <b>" + app + "</b></h1>\n<p>Type this PIN into it to finish:</p>\n<p class=\"pin\"><code>" +
            escape_html(pin) + "</code></p>\n<p class=\"note\">It works once.</p>\n");
}

server::response denied_page(std::string_view app_name)
{
    return sandbox_page(200, "Not allowed",
        "<h1><b>" + server::isolated_html(app_name) +
            "</b> may not use your account</h1>\n<p>You can close this page.</p>\n");
}

server::response dead_token_page(std::string_view reason)
{
    return sandbox_page(403, "This login is over",
        "<h1>This login can't go on</h1>\n<p class=\"problem\">" + escape_html(page_sentence(reason)) +
            "</p>\n<p>Go back to the app and begin again.</p>\n");
}

server::response refused_form_page(std::string_view why)
{
    return sandbox_page(400, "Not accepted", "<h1>This form can't be accepted</h1>\n<p>" + escape_html(why) + "</p>\n");
}

server::response index_page(const index_view& view)
{
    const auto row = [](std::string_view name, std::string_view value) {
        return "<p><b>" + std::string(name) + "</b><br><code>" + escape_html(value) + "</code></p>\n";
    };
    std::string html = "<h1>coauth-sandbox</h1>\n<p>A strict OAuth 1.0a and OAuth 2 provider to test logins against. "
                       "No user here is real.</p>\n" +
                       row("Base URL", view.base_url) + row("Consumer key", view.consumer_key) +
                       row("Legs of a login", "/oauth/request_token  /oauth/authorize  /oauth/access_token") +
                       row("OAuth 2 clients", view.client_id + "  " + view.public_client_id) +
                       row("OAuth 2 providers", "/i/oauth2/authorize  /google  /github  /facebook  /oidc") +
                       row("Control port", view.control_url) + row("Mode", view.mode) + "<h2>Last refusals</h2>\n";
    html += view.refusals.empty() ? "<p>Nothing was refused yet.</p>\n" : "<ol class=\"refusals\">\n";
    for (const journal_entry& e : view.refusals)
        html += refusal_item(e);
    if (!view.refusals.empty())
        html += "</ol>\n";
    return sandbox_page(200, "coauth-sandbox", html);
}

} // namespace coauth::sandbox
