#include "site/login_pages.hpp"

#include <coauth/session/login.hpp>
#include <coauth/text/percent_encoding.hpp>

namespace coauth::site {

using server::escape_html;
using server::isolated_html;

namespace {

constexpr std::string_view base_style =
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
    "button{font:inherit;font-weight:600;padding:.65rem 1.2rem;margin:0 .5rem .5rem 0;border-radius:2rem;"
    "border:1px solid var(--ink);background:transparent;color:var(--ink);cursor:pointer}"
    "button.yes{background:var(--ink);color:var(--paper)}"
    "a{color:inherit}"
    "a.yes{display:inline-block;font-weight:600;text-decoration:none;padding:.65rem 1.2rem;border-radius:2rem;"
    "background:var(--ink);color:var(--paper)}"
    "nav{display:flex;gap:.5rem 1rem;flex-wrap:wrap;justify-content:space-between;align-items:center;"
    "margin-bottom:1.25rem}"
    "nav form{display:flex;gap:.75rem;align-items:center;margin:0}"
    "nav button{margin:0;padding:.3rem .9rem}"
    "nav a{font-weight:600;text-decoration:none}"
    ".quiet{font-size:.9rem;color:var(--quiet)}";

std::string text_of(const notice& content)
{
    return "<h1>" + escape_html(content.title) + "</h1>\n<p>" + escape_html(content.text) + "</p>\n";
}

std::string advice_of(const notice& content)
{
    return content.advice.empty() ? std::string() : "<p>" + escape_html(content.advice) + "</p>\n";
}

server::response with_retry(server::response page, const notice& content)
{
    if (content.retry_after)
        page.headers.set("Retry-After", std::to_string(content.retry_after->count()));
    return page;
}

// The browser itself asks again, without a script.
void refresh(server::response& page, const std::string& next)
{
    page.headers.set("Refresh", "1; url=" + next);
}

} // namespace

// Each page has a number of its own, so that a doubled click differs from two tabs.
std::string login_pages::buttons(const std::string& return_to) const
{
    const auto random = browser_binding::random();
    const std::string query = return_to.empty() ? "" : "return=" + text::percent_encode(return_to);
    const std::string first = query.empty() ? "/login" : "/login?" + query;
    std::string html = "<form method=\"post\" action=\"" + first +
                       "\">\n<input type=\"hidden\" name=\"page\" value=\"" +
                       std::string(random.reveal().substr(0, 16)) + "\">\n";
    for (const provider& each : settings_.providers) {
        html += "<button class=\"yes\"";
        if (&each != &settings_.providers.front())
            html += " formaction=\"/login/" + each.name + (query.empty() ? "" : '?' + query) + '"';
        html += ">Sign in with " + escape_html(each.title) + "</button>\n";
    }
    if (settings_.providers.size() == 1)
        html += "<button formaction=\"/login?window=new" + (query.empty() ? "" : "&amp;" + query) +
                "\">Sign in in a new window</button>\n";
    return html + "</form>\n";
}

server::response login_pages::page(server::page content, std::string_view navigation) const
{
    const std::string bar =
        "<nav>\n<a href=\"/\">" + isolated_html(settings_.site_name) + "</a>\n" + std::string(navigation) + "</nav>\n";
    const std::string style = std::string(base_style) + std::string(content.style);
    content.title += " - " + settings_.site_name;
    content.body.insert(0, bar);
    content.style = style;
    // A browser holds the redirects after a form against the page's list, too.
    content.form_targets = settings_.form_targets;
    content.image_sources = "'self' https:";
    return server::html_page(content);
}

server::response login_pages::waiting(const std::string& login_url, const std::string& next) const
{
    server::page content(200, "Waiting for you",
        "<h1>Waiting for you</h1>\n<p><a class=\"yes\" href=\"" + escape_html(login_url) +
            "\" target=\"_blank\" rel=\"noopener noreferrer\">Open the sign-in page</a></p>\n<p>It opens in a new "
            "window. Allow it there, and this page goes on by itself.</p>\n");
    auto response = page(std::move(content), {});
    refresh(response, next);
    return response;
}

server::response login_pages::arriving(const std::string& next) const
{
    server::page content(200, "Signed in",
        "<h1>You are signed in</h1>\n<p>You can close the other window. <a href=\"" +
            escape_html(settings_.after_login) + "\">Go on to " + escape_html(settings_.after_login_title) +
            "</a></p>\n");
    auto response = page(std::move(content), {});
    refresh(response, next);
    return response;
}

server::response login_pages::notice_with_buttons(const notice& content) const
{
    server::page whole(content.status, content.title, text_of(content) + advice_of(content) + buttons({}));
    return with_retry(page(std::move(whole), {}), content);
}

server::response login_pages::notice_alone(const notice& content) const
{
    server::page whole(content.status, content.title, text_of(content) + advice_of(content));
    return with_retry(page(std::move(whole), {}), content);
}

server::response login_pages::notice_with_link(const notice& content) const
{
    server::page whole(content.status, content.title,
        text_of(content) + "<p>You are signed in: <a href=\"" + escape_html(settings_.after_login) + "\">go on to " +
            escape_html(settings_.after_login_title) + "</a>.</p>\n");
    return with_retry(page(std::move(whole), {}), content);
}

} // namespace coauth::site
