#include "login_server/pages.hpp"

#include "program/provider_choice.hpp"

#include <algorithm>

namespace login_server {

namespace server = coauth::server;
using server::escape_html;
using server::isolated_html;

namespace {

// Beside the style of all pages.
constexpr std::string_view style =
    "label{display:block;font-weight:600}"
    "input,textarea{width:100%;font:inherit;color:inherit;background:transparent;padding:.55rem;margin:.25rem 0 1rem;"
    "border:1px solid var(--line);border-radius:.4rem}"
    "ul{list-style:none;margin:0;padding:0}"
    "li{padding:.5rem 0;border-top:1px solid var(--line)}"
    "#tweets li{white-space:pre-line}"
    "header{display:flex;gap:1rem;align-items:center;margin-bottom:1.25rem}"
    "header h1{margin:0}"
    "img.picture{width:73px;height:73px;border-radius:50%;object-fit:cover;background:var(--ground)}"
    "#followers img{width:24px;height:24px;border-radius:50%;vertical-align:middle;margin-right:.5rem}"
    ".problem{color:var(--alarm);margin:-.75rem 0 1rem}"
    ".notice{padding:.6rem;border-left:4px solid var(--alarm)}"
    ".saved{padding:.6rem;border-left:4px solid var(--line)}";

std::string input_of(const field& each, const profile_view& view)
{
    const std::string name(each.name);
    const auto wrong = std::find_if(
        view.problems.begin(), view.problems.end(), [&each](const problem& p) { return p.field == each.name; });
    std::string attributes =
        " id=\"" + name + "\" name=\"" + name + "\" dir=\"auto\" maxlength=\"" + std::to_string(each.longest) + '"';
    if (wrong != view.problems.end())
        attributes += " aria-invalid=\"true\" aria-describedby=\"" + name + "-problem\"";
    const std::string text = escape_html(view.shown.*each.text);
    std::string html = "<label for=\"" + name + "\">" + std::string(each.label) + "</label>\n";
    if (each.has_lines)
        html +=
            "<textarea rows=\"3\"" + attributes + ">\n" + text + "</textarea>\n"; // its first line break is not its own
    else
        html += "<input" + attributes + " value=\"" + text + "\">\n";
    if (wrong != view.problems.end())
        html += "<p class=\"problem\" id=\"" + name + "-problem\">" + escape_html(wrong->text) + "</p>\n";
    return html;
}

// The address is the provider's word, and so is whether anyone has checked it.
std::string mail_of(const coauth::profile& profile)
{
    if (!profile.email)
        return {};
    const char* const checked = !profile.email_verified   ? "not known to be verified"
                                : *profile.email_verified ? "verified"
                                                          : "not verified";
    return "<p id=\"email\">" + isolated_html(*profile.email) + " <span class=\"quiet\">(" + checked + ")</span></p>\n";
}

std::string tweets_of(const news& latest)
{
    std::string html = "<section id=\"tweets\">\n<h2>Recent tweets</h2>\n";
    if (!latest.tweets_problem.empty())
        return html + "<p class=\"quiet\">" + escape_html(latest.tweets_problem) + "</p>\n</section>\n";
    if (latest.tweets.empty())
        return html + "<p class=\"quiet\">None yet.</p>\n</section>\n";
    html += "<ul>\n";
    for (const auto& each : latest.tweets)
        html += "<li>" + isolated_html(each.text) + "</li>\n";
    return html + "</ul>\n</section>\n";
}

std::string followers_of(const news& latest)
{
    std::string html = "<section id=\"followers\">\n<h2>Followers</h2>\n";
    if (!latest.followers_problem.empty())
        return html + "<p class=\"quiet\">" + escape_html(latest.followers_problem) + "</p>\n</section>\n";
    if (latest.followers.empty())
        return html + "<p class=\"quiet\">None yet.</p>\n</section>\n";
    html += "<ul>\n";
    for (const auto& each : latest.followers) {
        html += "<li>";
        if (each.picture)
            html += "<img src=\"" + escape_html(*each.picture) + "\" alt=\"\" loading=\"lazy\">";
        html += isolated_html(each.name);
        if (!each.username.empty())
            html += " <span class=\"quiet\">" + isolated_html('@' + each.username) + "</span>";
        html += "</li>\n";
    }
    return html + "</ul>\n</section>\n";
}

} // namespace

server::page front_page(const std::string& buttons)
{
    return server::page(200, "Sign in",
        "<h1>Your profile, filled in</h1>\n<p>Sign in, and this page fills in your name and your picture. What you "
        "have "
        "written yourself stays as it is, until this site restarts: it keeps that in memory.</p>\n" +
            buttons +
            "<p class=\"quiet\">We learn who you are and what your profile shows, never your password.</p>\n");
}

server::page profile_page(const profile_view& view)
{
    const std::string name = view.shown.name.empty() ? coauth::site::shown_name(view.user) : view.shown.name;
    std::string html = "<header>\n";
    if (!view.shown.picture.empty())
        html += "<img class=\"picture\" src=\"" + escape_html(view.shown.picture) + "\" alt=\"\">\n";
    html += "<h1>" + isolated_html(name) + "</h1>\n</header>\n" + mail_of(view.profile);
    if (view.saved)
        html += "<p class=\"saved\" role=\"status\">Saved.</p>\n";
    if (!view.notice.empty())
        html += "<p class=\"notice\" role=\"alert\">" + escape_html(view.notice) + "</p>\n";
    html += "<form method=\"post\" action=\"/profile\">\n";
    for (const auto& each : fields)
        html += input_of(each, view);
    html += "<button class=\"yes\">Save</button>\n</form>\n";
    if (view.latest)
        html += tweets_of(*view.latest) + followers_of(*view.latest);
    server::page page(view.problems.empty() ? 200 : 422, name, std::move(html));
    page.style = style;
    return page;
}

std::string navigation_of(const profile_view& view)
{
    const std::string& username = view.user.username;
    const std::string account =
        username.empty() ? isolated_html(coauth::site::shown_name(view.user)) : escape_html('@' + username);
    return "<form method=\"post\" action=\"/logout\">\n<span class=\"quiet\">Signed in with " +
           escape_html(program::title_of(view.user.provider)) + " as <b id=\"account\">" + account +
           "</b></span>\n<button>Sign out</button>\n</form>\n";
}

} // namespace login_server
