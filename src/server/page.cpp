#include "crypto/digest.hpp"
#include "text/base64.hpp"

#include <coauth/server/page.hpp>

namespace coauth::server {

namespace {

std::string digest_source(std::string_view style)
{
    return "'sha256-" + text::base64_encode(crypto::sha256(style)) + '\'';
}

std::string policy_of(const page& page)
{
    std::string policy = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; img-src ";
    policy += page.image_sources.empty() ? "'none'" : page.image_sources;
    policy += "; style-src ";
    policy += page.style.empty() ? "'none'" : digest_source(page.style);
    policy += "; form-action ";
    policy += page.form_targets.empty() ? "'none'" : page.form_targets;
    return policy;
}

} // namespace

std::string escape_html(std::string_view text)
{
    std::string out;
    out.reserve(text.size());
    for (const char c : text) {
        switch (c) {
        case '&':
            out += "&amp;";
            break;
        case '<':
            out += "&lt;";
            break;
        case '>':
            out += "&gt;";
            break;
        case '"':
            out += "&quot;";
            break;
        case '\'':
            out += "&#39;";
            break;
        default:
            if ((static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\r' && c != '\t') || c == 0x7f)
                out += "\xef\xbf\xbd";
            else
                out += c;
        }
    }
    return out;
}

std::string isolated_html(std::string_view text)
{
    // In UTF-8, U+202A to U+202E and U+2066 to U+2069.
    const auto turns = [](std::string_view at) {
        if (at.starts_with("\xe2\x80") && at.size() > 2)
            return at[2] >= '\xaa' && at[2] <= '\xae';
        return at.starts_with("\xe2\x81") && at.size() > 2 && at[2] >= '\xa6' && at[2] <= '\xa9';
    };
    std::string kept;
    kept.reserve(text.size());
    while (!text.empty()) {
        const std::size_t size = turns(text) ? 3 : 1;
        if (size == 1)
            kept += text.front();
        text.remove_prefix(size);
    }
    return "<bdi>" + escape_html(kept) + "</bdi>";
}

response html_page(const page& page)
{
    std::string html = "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                       "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>";
    html += escape_html(page.title);
    html += "</title>\n";
    if (!page.style.empty())
        html.append("<style>").append(page.style).append("</style>\n");
    html.append("</head>\n<body>\n<main>\n").append(page.body).append("</main>\n</body>\n</html>\n");

    response out(page.status, "text/html; charset=utf-8", std::move(html));
    out.headers.set("Content-Security-Policy", policy_of(page));
    out.headers.set("X-Frame-Options", "DENY");
    out.headers.set("X-Content-Type-Options", "nosniff");
    out.headers.set("Referrer-Policy", "no-referrer");
    out.headers.set("Cache-Control", "no-store");
    return out;
}

response redirect(std::string location, int status)
{
    response out(status, "text/html; charset=utf-8", "");
    out.headers.set("Location", std::move(location));
    out.headers.set("Referrer-Policy", "no-referrer");
    out.headers.set("Cache-Control", "no-store");
    return out;
}

} // namespace coauth::server
