#include "login_server/pages.hpp"

#include <coauth/server/page.hpp>

#include <algorithm>

namespace login_server {

namespace server = coauth::server;
using server::escape_html;
using server::isolated_html;

namespace {

constexpr std::string_view style =
    ":root{color-scheme:light dark;--ink:#16202a;--quiet:#51606e;--line:#8796a5;--paper:#fff;--ground:#eef1f4;"
    "--alarm:#b3261e}"
    "@media(prefers-color-scheme:dark){:root{--ink:#e8edf2;--quiet:#a3b1bf;--line:#5b6a78;--paper:#1b242d;"
    "--ground:#10161c;--alarm:#ff8a80}}"
    "*{box-sizing:border-box}"
    "body{margin:0;font:1rem/1.5 system-ui,sans-serif;background:var(--ground);color:var(--ink);"
    "overflow-wrap:anywhere}"
    "main{width:calc(100% - 1.5rem);max-width:34rem;margin:5vh "
    "auto;padding:1.5rem;background:var(--paper);border-radius:.75rem}"
    "main>:last-child{margin-bottom:0}"
    "h1{font-size:1.4rem;line-height:1.25;margin:0 0 1rem}"
    "h2{font-size:1.05rem;margin:1.75rem 0 .5rem}"
    "label{display:block;font-weight:600}"
    "input,textarea{width:100%;font:inherit;color:inherit;background:transparent;padding:.55rem;margin:.25rem 0 1rem;"
    "border:1px solid var(--line);border-radius:.4rem}"
    "button{font:inherit;font-weight:600;padding:.65rem 1.2rem;margin:0 .5rem .5rem 0;border-radius:2rem;"
    "border:1px solid var(--ink);background:transparent;color:var(--ink);cursor:pointer}"
    "button.yes{background:var(--ink);color:var(--paper)}"
    "a{color:inherit}"
    "a.yes{display:inline-block;font-weight:600;text-decoration:none;padding:.65rem 1.2rem;border-radius:2rem;"
    "background:var(--ink);color:var(--paper)}"
    "ul{list-style:none;margin:0;padding:0}"
    "li{padding:.5rem 0;border-top:1px solid var(--line)}"
    "#tweets li{white-space:pre-line}"
    "nav{display:flex;gap:.5rem 1rem;flex-wrap:wrap;justify-content:space-between;align-items:center;"
    "margin-bottom:1.25rem}"
    "nav form{display:flex;gap:.75rem;align-items:center;margin:0}"
    "nav button{margin:0;padding:.3rem .9rem}"
    "nav a{font-weight:600;text-decoration:none}"
    "header{display:flex;gap:1rem;align-items:center;margin-bottom:1.25rem}"
    "header h1{margin:0}"
    "img.picture{width:73px;height:73px;border-radius:50%;object-fit:cover;background:var(--ground)}"
    "#followers img{width:24px;height:24px;border-radius:50%;vertical-align:middle;margin-right:.5rem}"
    ".quiet{font-size:.9rem;color:var(--quiet)}"
    ".problem{color:var(--alarm);margin:-.75rem 0 1rem}"
    ".notice{padding:.6rem;border-left:4px solid var(--alarm)}"
    ".saved{padding:.6rem;border-left:4px solid var(--line)}";

// Each page has a number of its own, so that a doubled click is told from two tabs.
std::string login_form()
{
    const auto random = coauth::browser_binding::random();
    return "<form method=\"post\" action=\"/login\">\n<input type=\"hidden\" name=\"page\" value=\"" +
           std::string(random.reveal().substr(0, 16)) +
           "\">\n<button class=\"yes\">Sign in with X</button>\n"
           "<button formaction=\"/login?window=new\">Sign in in a new window</button>\n</form>\n";
}

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

std::string tweets_of(const news& latest)
{
    std::string html = "<section id=\"tweets\">\n<h2>Recent tweets</h2>\n";
    if (!latest.tweets_trouble.empty())
        return html + "<p class=\"quiet\">" + escape_html(latest.tweets_trouble) + "</p>\n</section>\n";
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
    if (!latest.followers_trouble.empty())
        return html + "<p class=\"quiet\">" + escape_html(latest.followers_trouble) + "</p>\n</section>\n";
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

std::string text_of(const message& what)
{
    return "<h1>" + escape_html(what.title) + "</h1>\n<p>" + escape_html(what.text) + "</p>\n";
}

std::string advice_of(const message& what)
{
    return what.advice.empty() ? std::string() : "<p>" + escape_html(what.advice) + "</p>\n";
}

server::response with_retry(server::response page, const message& what)
{
    if (what.retry_after)
        page.headers.set("Retry-After", std::to_string(what.retry_after->count()));
    return page;
}

// Asked again by the browser itself, without a script.
void refresh(server::response& page, int seconds, const std::string& next)
{
    page.headers.set("Refresh", std::to_string(seconds) + "; url=" + next);
}

} // namespace

server::response pages::dressed(int status, std::string title, std::string body, std::string navigation) const
{
    const std::string bar = "<nav>\n<a href=\"/\">" + isolated_html(site_name_) + "</a>\n" + navigation + "</nav>\n";
    server::page what(status, std::move(title) + " - " + site_name_, bar + body);
    what.style = style;
    what.form_targets = form_targets_;
    what.image_sources = "'self' https:";
    return server::html_page(what);
}

server::response pages::home() const
{
    std::string html = "<h1>Your profile, filled in</h1>\n<p>Sign in, and this page fills in your name and your "
                       "picture. What you have written yourself stays as it is, until this site restarts: it keeps "
                       "everything in memory.</p>\n";
    html += login_form();
    html += "<p class=\"quiet\">We learn who you are and what your profile shows, never your password.</p>\n";
    return dressed(200, "Sign in", std::move(html));
}

server::response pages::profile(const profile_view& view) const
{
    // The provider may not have said how the account is called.
    const std::string account = view.who.username.empty() ? view.who.id : '@' + view.who.username;
    const std::string shown_name = !view.shown.name.empty()     ? view.shown.name
                                   : !view.who.username.empty() ? view.who.username
                                                                : view.who.id;
    std::string html = "<header>\n";
    if (!view.shown.picture.empty())
        html += "<img class=\"picture\" src=\"" + escape_html(view.shown.picture) + "\" alt=\"\">\n";
    html += "<h1>" + isolated_html(shown_name) + "</h1>\n</header>\n";
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
    std::string navigation = "<form method=\"post\" action=\"/logout\">\n<span class=\"quiet\">Signed in with X as "
                             "<b id=\"account\">" +
                             escape_html(account) + "</b></span>\n<button>Sign out</button>\n</form>\n";
    return dressed(view.problems.empty() ? 200 : 422, shown_name, std::move(html), std::move(navigation));
}

server::response pages::waiting(const std::string& login_url, const std::string& next) const
{
    auto page = dressed(200, "Waiting for you",
        "<h1>Waiting for you</h1>\n<p><a class=\"yes\" href=\"" + escape_html(login_url) +
            "\" target=\"_blank\" rel=\"noopener noreferrer\">Open the sign-in page</a></p>\n<p>It opens in a new "
            "window. Allow it there, and this page goes on by itself.</p>\n");
    refresh(page, 1, next);
    return page;
}

server::response pages::arriving(const std::string& next) const
{
    auto page = dressed(200, "Signed in",
        "<h1>You are signed in</h1>\n<p>You can close the other window. <a href=\"/profile\">Your profile</a></p>\n");
    refresh(page, 1, next);
    return page;
}

server::response pages::told(const message& what) const
{
    return with_retry(dressed(what.status, what.title, text_of(what) + advice_of(what) + login_form()), what);
}

server::response pages::explained(const message& reason) const
{
    return with_retry(dressed(reason.status, reason.title, text_of(reason) + advice_of(reason)), reason);
}

server::response pages::told_while_signed_in(const message& what) const
{
    auto page = dressed(what.status, what.title,
        text_of(what) + "<p>You are signed in: <a href=\"/profile\">go on to your profile</a>.</p>\n");
    return with_retry(std::move(page), what);
}

} // namespace login_server
