#include "site/login_notice.hpp"

#include <utility>

namespace coauth::site {

namespace {

notice with_retry(notice content, std::chrono::seconds wait)
{
    content.retry_after = wait;
    return content;
}

} // namespace

notice login_notice(login_status status)
{
    switch (status) {
    case login_status::denied:
        return {200, "You did not sign in", "You chose not to allow it, and nothing has happened.",
            "You can change your mind."};
    case login_status::expired:
        return {410, "That took too long", "A sign-in has to be finished within ten minutes.", "Please begin again."};
    case login_status::replayed:
        return {410, "This sign-in is over", "It was finished before, and works once only."};
    case login_status::wrong_browser:
        return {400, "This sign-in was begun elsewhere",
            "It can only be finished in the browser that began it, with its cookies. If you did not begin one, "
            "another person may have sent you their link: it is safe to ignore it."};
    case login_status::granted:
    case login_status::unknown:
        break;
    }
    return {400, "This sign-in is not known here", "Perhaps the address was changed or is very old.",
        "Please begin again."};
}

notice login_notice(const error& failure, login_step step)
{
    using std::chrono::seconds;
    const notice refused{502, "The provider turns this site away",
        "Signing in does not work until the operator of this site has corrected it. The reason is in the operator's "
        "log."};
    switch (failure.reason()) {
    case errc::invalid_argument:
        if (step == login_step::finish)
            return {400, "This is not a sign-in", "The address is not one that the provider sends users back to.",
                "Please begin again."};
        break;
    case errc::invalid_credentials:
    case errc::invalid_verifier:
    case errc::token_revoked:
    case errc::login_required:
        if (step == login_step::finish)
            return {400, "The provider did not accept this sign-in", "Perhaps the address was changed on its way.",
                "Please begin again."};
        return refused;
    case errc::too_many_logins:
        return with_retry(
            {503, "Too many sign-ins at once", "This browser or this site has as many pending as it may have.",
                "Please finish one you have begun, or try again in a minute."},
            seconds(60));
    case errc::rate_limited:
        return with_retry(
            {503, "The provider asks us to wait", "Too many users sign in just now.", "Please try again in a while."},
            failure.retry_after().value_or(seconds(60)));
    case errc::cancelled:
    case errc::store_unavailable:
        return with_retry(
            {503, "This site is busy", "It could not do this just now.", "Please try again in a moment."}, seconds(5));
    case errc::timeout:
        return {504, "The provider does not answer", "It took too long.", "Nothing is lost; please try again."};
    case errc::callback_refused:
    case errc::callback_not_confirmed:
    case errc::clock_skew:
    case errc::forbidden:
    case errc::access_level:
    case errc::invalid_scope:
        return refused;
    case errc::id_token_rejected:
        return {502, "This sign-in can't be verified",
            "What the provider said of the user failed a check. The reason is in the log of this site's operator.",
            "Please begin again."};
    default:
        break;
    }
    return {502, "The provider can't be reached", "Signing in does not work just now.",
        "Nothing is lost; please try again."};
}

} // namespace coauth::site
