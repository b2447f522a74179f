// The course of one login as its browser sees it, without the browser: what to ask next, and how it
// ended.
#pragma once

#include "login_crowd/exchange.hpp"

#include <string>
#include <string_view>

namespace login_crowd {

/// The pages on the way, in their order.
enum class page {
    front,    ///< GET /
    button,   ///< POST /login
    consent,  ///< The provider asks.
    decision, ///< The person allows.
    callback, ///< Back on the site.
    profile,  ///< GET /profile
};

enum class verdict {
    on_the_way, ///< There is a next request.
    granted,    ///< The profile page says who signed in: this person.
    wrong,      ///< It says somebody else.
    told,       ///< The site, or the provider, answered 4xx or 5xx.
    odd,        ///< An answer that has no place in a login.
};

class login_course {
public:
    login_course(origin site, std::string username);

    /// What to send now, cookies apart.
    const request& next() const noexcept { return next_; }

    /// Which page that is.
    page at() const noexcept { return at_; }

    /// Takes the answer to it.
    verdict take(const answer& a);

private:
    verdict open(page at, std::string_view url);
    verdict decide(const answer& a);
    verdict judge(const answer& a) const;

    origin site_;
    std::string username_;
    page at_ = page::front;
    request next_;
};

/// The text between `open` and `close`, whose first one counts; empty if they are not there.
std::string_view between(std::string_view text, std::string_view open, std::string_view close);

} // namespace login_crowd
