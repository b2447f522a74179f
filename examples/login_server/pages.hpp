// The pages of this site's own.
#pragma once

#include "login_server/card.hpp"
#include "login_server/people.hpp"

#include <coauth/server/page.hpp>
#include <coauth/site/login_site.hpp>

#include <memory>
#include <string>
#include <vector>

namespace login_server {

/// What a profile page shows.
struct profile_view {
    profile_view() = default;

    coauth::signed_in_user user;
    card shown;
    coauth::profile profile;       ///< Without an id if the provider has not been asked yet.
    std::vector<problem> problems; ///< Of what was typed; empty if nothing was.
    std::string notice;            ///< What is wrong with the provider, or empty.
    bool saved = false;            ///< What was typed has just been saved.
    std::shared_ptr<const news> latest;
};

/// `buttons`: HTML.
coauth::server::page front_page(const std::string& buttons);

coauth::server::page profile_page(const profile_view& view);

/// HTML for the top of a profile page: the account, and the button to sign out.
std::string navigation_of(const profile_view& view);

} // namespace login_server
