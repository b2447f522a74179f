// The steps of one login as its browser sees it, without the browser: what to ask next, and how it
// ended.
#pragma once

#include "login_load/exchange.hpp"

#include <string>
#include <string_view>

namespace login_load {

/// The pages on the way, in their order.
enum class page {
    front,    ///< GET /
    button,   ///< POST /login
    consent,  ///< The provider asks.
    decision, ///< The user allows.
    callback, ///< Back on the site.
    profile,  ///< GET /profile
};

enum class verdict {
    pending, ///< There is a next request.
    granted, ///< The profile page shows this user.
    wrong,   ///< It shows another user.
    refused, ///< The site, or the provider, sent 4xx or 5xx.
    odd,     ///< An response that has no place in a login.
};

class login_steps {
public:
    login_steps(origin site, std::string username);

    /// What to send now, cookies apart.
    const request& next() const noexcept { return next_; }

    /// Which page that is.
    page at() const noexcept { return at_; }

    /// Takes the response to it.
    verdict take(const response& a);

private:
    verdict open(page at, std::string_view url);
    verdict decide(const response& a);
    verdict judge(const response& a) const;

    origin site_;
    std::string username_;
    page at_ = page::front;
    request next_;
};

/// The text between `open` and `close`, whose first one counts; empty if they are not there.
std::string_view between(std::string_view text, std::string_view open, std::string_view close);

} // namespace login_load
