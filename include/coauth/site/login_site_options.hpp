// Options of a site's logins.
#pragma once

#include <coauth/coro/clock.hpp>
#include <coauth/identity/user.hpp>
#include <coauth/session/session.hpp>
#include <coauth/site/token_bucket.hpp>
#include <coauth/store/database.hpp>
#include <coauth/store/visitor_store.hpp>

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>

namespace coauth::site {

/// How many logins may begin. Each costs a request to the provider, for a user who is not known yet.
struct begin_sizes {
    begin_sizes() = default;

    /// Of one client's address (IPv6: of its /64). Default 20 at once, then one each 3 s.
    bucket_size of_address{20, std::chrono::seconds(3)};
    /// Of all. Default 5 000 at once, then one each 20 ms.
    bucket_size of_all{5'000, std::chrono::milliseconds(20)};
    /// Of these, of newcomers: browsers that this site has sent no page with buttons to at their address. The rest
    /// is left to the others. Default 1 000 at once, then one each 100 ms.
    bucket_size of_newcomers{1'000, std::chrono::milliseconds(100)};
};

/// Options of `login_site`.
struct login_site_options {
    login_site_options() = default;

    /// The name of the site, shown on each page. Default: the host of its origin.
    std::string name;

    /// Where a user goes after a login that had no return path of its own: a path of this site. Default "/".
    std::string after_login = "/";
    /// What that page is called after "go on to". Default "this site".
    std::string after_login_title = "this site";

    /// How the buttons name a provider, by the provider's name. Default: the name with its first letter in upper case.
    std::map<std::string, std::string> provider_titles;

    /// Where the providers' login pages are, for the pages' Content-Security-Policy. Default: any https host, since a
    /// provider may send its users through further hosts of its own.
    std::string login_pages = "https:";

    /// The IP address of the proxy whose `X-Forwarded-For` and `Forwarded` name the client. Default: none is believed.
    std::string proxy;

    begin_sizes begins;

    /// For dropping a token when its user signs out. Default 10 s.
    std::chrono::milliseconds patience{10'000};

    /// How long the page that waits for a login in another window is held before it asks again. Shorter than a server's
    /// grace when it closes. Default 5 s.
    std::chrono::milliseconds longest_poll{5'000};

    /// Of the session of each provider; `callback` and `clock` are the site's own. The stores serve all providers. Default:
    /// memory.
    session_options session;

    /// Called when a user has signed in, before the browser is sent on: what the site keeps about its users can be brought
    /// up to date then. On the thread of the callback's request; must not block. Its exceptions are dropped. Default: none.
    std::function<void(const signed_in_user& user)> on_login;

    /// Who is signed in. Default: memory, 12 h, 16 browsers of a user.
    std::shared_ptr<store::visitor_store> visitors;

    /// Keeps logins, credentials and who is signed in here: they survive a restart, and other processes on the same
    /// database finish each other's logins. The limits are the database's own.
    void keep_in(store::database& kept)
    {
        session.logins = kept.logins();
        session.tokens = kept.tokens();
        visitors = kept.visitors();
    }

    /// Receives a line for the operator for each login and for each error, without secrets, on the thread where it
    /// happens; of those that a client can cause again and again, such as by a replayed callback, one a minute. Its
    /// exceptions are dropped. Default: none.
    std::function<void(const std::string& line)> log;

    /// Input for tests; leave it unset in production.
    std::shared_ptr<coauth::clock> clock;
};

} // namespace coauth::site
