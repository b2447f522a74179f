// What people see.
#pragma once

#include "login_server/card.hpp"
#include "login_server/message.hpp"
#include "login_server/people.hpp"

#include <coauth/server/http_server.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace login_server {

/// What a profile page shows.
struct profile_view {
    profile_view() = default;

    coauth::signed_in_user who;
    card shown;
    std::vector<problem> problems; ///< Of what was typed; empty if nothing was.
    std::string notice;            ///< What is wrong with the provider, or empty.
    bool saved = false;            ///< What was typed has just been saved.
    std::shared_ptr<const news> latest;
};

/// Makes the pages of one site. They work without JavaScript and on a telephone, and escape what they show.
///
/// Thread safety: safe through its const functions.
class pages {
public:
    /// `login_targets`: where the sign-in button may lead, as CSP sources. `site_name`: shown on every page.
    pages(std::string login_targets, std::string site_name)
        : form_targets_(std::move(login_targets)), site_name_(std::move(site_name))
    {}

    /// The button.
    coauth::server::response home() const;

    coauth::server::response profile(const profile_view& view) const;

    /// `login_url`: the provider's page, to be opened in another window; `next`: the address that is
    /// asked next.
    coauth::server::response waiting(const std::string& login_url, const std::string& next) const;

    /// The login that was waited for is done; `next` is asked until the browser has its cookie.
    coauth::server::response arriving(const std::string& next) const;

    /// With a button to try again.
    coauth::server::response told(const message& what) const;

    /// Without a button: pressing it again would not help.
    coauth::server::response explained(const message& reason) const;

    /// With a link to the profile, for someone who is signed in.
    coauth::server::response told_while_signed_in(const message& what) const;

private:
    coauth::server::response dressed(
        int status, std::string title, std::string body, std::string navigation = {}) const;

    std::string form_targets_;
    std::string site_name_;
};

} // namespace login_server
