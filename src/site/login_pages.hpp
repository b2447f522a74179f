// The pages of a site, and the buttons on them.
#pragma once

#include <coauth/server/http_server.hpp>
#include <coauth/server/page.hpp>
#include <coauth/site/notice.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace coauth::site {

/// Makes the pages of one site. They work without JavaScript and on a telephone, and escape what they show.
///
/// Thread safety: safe through its const functions.
class login_pages {
public:
    struct provider {
        provider(std::string new_name, std::string new_title) : name(std::move(new_name)), title(std::move(new_title))
        {}

        std::string name;
        std::string title;
    };

    struct settings {
        settings() = default;

        std::string site_name;
        std::vector<provider> providers;
        std::string form_targets; ///< CSP sources: where the buttons may lead.
        std::string after_login;  ///< A path.
        std::string after_login_title;
    };

    explicit login_pages(settings values) : settings_(std::move(values)) {}

    /// `return_to`: a path of this site, or empty.
    std::string buttons(const std::string& return_to) const;

    server::response page(server::page content, std::string_view navigation) const;

    /// `login_url`: the provider's page, to be opened in another window; `next`: the address that is asked next.
    server::response waiting(const std::string& login_url, const std::string& next) const;

    /// The login that was waited for is done; `next` is asked until the browser has its cookie.
    server::response arriving(const std::string& next) const;

    /// With buttons to try again.
    server::response notice_with_buttons(const notice& content) const;

    /// Without: pressing one again would not help.
    server::response notice_alone(const notice& content) const;

    /// With a link to go on, for a user who is signed in.
    server::response notice_with_link(const notice& content) const;

private:
    settings settings_;
};

} // namespace coauth::site
