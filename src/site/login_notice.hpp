// What a user reads when a login did not end in a profile.
#pragma once

#include <coauth/error.hpp>
#include <coauth/session/login.hpp>
#include <coauth/site/notice.hpp>

namespace coauth::site {

/// For every end of a login but `granted`.
notice login_notice(login_status status);

/// The part of a login, or of the site, that failed.
enum class login_step {
    begin,  ///< Asking for a request token.
    finish, ///< At the callback, or afterwards.
};

/// Plain words, with nothing of the request or of the provider's response.
notice login_notice(const error& failure, login_step step);

} // namespace coauth::site
