// Pages and redirects that a browser can't be talked into misusing.
#pragma once

#include <coauth/export.hpp>
#include <coauth/server/http_server.hpp>

#include <string>
#include <string_view>

namespace coauth::server {

/// `text` as HTML, for an element or a quoted attribute: `&`, `<`, `>`, `"` and `'` as entities;
/// control characters but for white space become U+FFFD.
COAUTH_DECL std::string escape_html(std::string_view text);

/// Another user's `text` as HTML for an element, in a <bdi>: it does not reorder the text around it. The characters
/// that begin or end a direction of reading are left out, because one that is never closed reaches
/// beyond the <bdi>.
COAUTH_DECL std::string isolated_html(std::string_view text);

/// A page without scripts, frames and outside style.
struct page {
    page() = default;
    page(int new_status, std::string new_title, std::string new_body)
        : status(new_status), title(std::move(new_title)), body(std::move(new_body))
    {}

    int status = 200;
    std::string title;      ///< Plain text; escaped here.
    std::string body;       ///< HTML: escape text that comes from others.
    std::string_view style; ///< Its one style sheet, allowed by its digest.

    /// Where its forms may lead, redirects included: CSP sources, by default the page's own origin. Empty or "'none'":
    /// nowhere, for a page without forms. A form that leads to another host by a redirect needs that host here.
    std::string form_targets = "'self'";
    std::string image_sources = "'self'"; ///< Where its images come from: CSP sources.
};

/// The page with its security headers: a Content-Security-Policy that allows what the page names and
/// nothing else, no frames, no referrer, no sniffing, no storing.
COAUTH_DECL response html_page(const page& page);

/// A redirect, 303 by default: for any method, the browser GETs `location` (RFC 9110, section
/// 15.4.4). Not stored, and without a referrer: the URL of this page may hold a verifier.
COAUTH_DECL response redirect(std::string location, int status = 303);

} // namespace coauth::server
