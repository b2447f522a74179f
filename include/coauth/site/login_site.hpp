// Logins of a web site.
#pragma once

#include <coauth/error.hpp>
#include <coauth/export.hpp>
#include <coauth/identity/login_provider.hpp>
#include <coauth/identity/user.hpp>
#include <coauth/server/http_server.hpp>
#include <coauth/server/page.hpp>
#include <coauth/session/session.hpp>
#include <coauth/site/login_site_options.hpp>
#include <coauth/site/notice.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace coauth::site {

/// Signs the users of a web site in with one or more providers, and knows who is signed in. For `http_server`, or any
/// server that can hand over a `server::request` and send a `server::response`.
///
///     coauth::site::login_site logins(executor, "https://example.org", {provider});
///     ...
///     auto handled = co_await logins.handle(request);
///     if (handled)
///         co_return std::move(*handled);
///     auto user = co_await logins.user(request);
///     co_return user ? profile_page(*user) : logins.sign_in_page(request, front_page);
///
/// What makes it safe is not optional:
/// - A login begins by a POST of this site's own page, is bound to its browser by the cookie `coauth_login`, and is
///   consumed by its first callback.
/// - The signed-in user is known by the cookie `coauth_session`, which is new at each login. Cookies are HttpOnly and
///   SameSite=Lax, and on https Secure with the prefix `__Host-`. The server keeps digests of both only.
/// - Only requests to the origin's host are handled, and every request that may change something (not GET, HEAD or
///   OPTIONS) must come from a page of this origin, the site's own requests included.
/// - After a login the user is sent to a path of this site, even if the request asked for another.
/// - Begun logins are limited by address and in all; prefetches of a callback are refused.
/// - A user's token is dropped when their last visit has ended: by signing out, by another user's login in the same
///   browser, by its time (with the next request). One that could not be dropped then is tried again after a minute. The
///   process remembers that, and a login whose visit has not begun, in memory: if it is killed at that moment, or the
///   visitor store has ended the visit but its answer is lost, the token store keeps the token, of no visit, until the user's
///   next visit has ended.
///
/// A visit is one user of one provider: a signed-in visitor cannot attach a second provider's account yet. Who signs in
/// with another provider is another user to the site, and the visit before ends.
///
/// Thread safety: safe; share one among threads. Lifetime: an operation keeps what it needs and may outlive this; `close`
/// and the destructor end those that wait, with `errc::cancelled`. It must not outlive the executor's context.
class COAUTH_DECL login_site {
public:
    /// `origin`: as browsers see the site, such as "https://example.org"; without a path, and http for loopback only.
    /// `providers`: at least one, each with a name of its own. The first one's callback URL, to be registered with the
    /// provider, is the origin and "/callback"; that of any other has its name behind it: "/callback/github". Throws
    /// `errc::invalid_argument` for anything else, and for options out of range.
    login_site(boost::asio::any_io_executor executor, std::string_view origin,
        std::vector<std::shared_ptr<login_provider>> providers, login_site_options options = login_site_options());
    ~login_site();

    login_site(const login_site&) = delete;
    login_site& operator=(const login_site&) = delete;

    /// Call it first for every request, but those that have nothing to do with users (health checks, metrics, calls from
    /// other origins that are meant to be allowed). Handles
    ///
    /// | request | response |
    /// |---|---|
    /// | `POST /login/NAME` | 303 to the provider's page; `?return=/path`: where to go on; `?window=new`: waits here meanwhile |
    /// | `GET /callback/NAME` | ends the login; 303 to the return path |
    /// | `GET /waiting/ID` | a page that waits while the login is finished in another window |
    /// | `POST /logout` | ends the visit; 303 to `/` |
    ///
    /// and `/login` and `/callback`, which are the first provider's; and refuses requests to another host (303 to this
    /// site, or 421) and from another site (403). Empty: the request is the caller's to respond to. How a login failed is
    /// a page; it throws `errc::cancelled` and `std::bad_alloc` only.
    boost::asio::awaitable<std::optional<server::response>> handle(server::request r);

    /// The user who sent the request, if signed in. Throws what the visitor store throws.
    boost::asio::awaitable<std::optional<signed_in_user>> user(server::request r);

    /// HTML: a form with a button for each provider, for a page made by `sign_in_page`. `return_to`: the path to go on to
    /// after the login; what is not a path of this site is left out.
    std::string buttons(std::string_view return_to = {}) const;

    /// HTML: a form with a button to sign out.
    std::string sign_out_button() const;

    /// A page that has `buttons` in it. Sets the cookies that the buttons need, if the browser lacks them.
    server::response sign_in_page(const server::request& r, server::page content) const;

    /// Any other page. All pages of the site have its name, one style (to which the content's is added), and headers that
    /// allow no script, no frame and no referrer, and pictures and forms' targets as the site needs them.
    /// `navigation`: HTML beside the name.
    server::response page(server::page content, std::string_view navigation = {}) const;

    /// A page that says what happened: with buttons, or for a user who is signed in with a link to `after_login`. Where the
    /// visitor store does not say within 500 ms who it is, with buttons. Throws `errc::cancelled` and `std::bad_alloc` only.
    boost::asio::awaitable<server::response> notice_page(server::request r, notice content);

    /// A notice in plain words for a call that failed, such as one of a handler of the site's own. The error's own words are
    /// for the operator, and not in it.
    static notice notice_of(const error& failure);

    /// For a token that the provider no longer accepts (`token_revoked`, `login_required`, `unknown_user`): ends the visits of the user that
    /// had begun at `latest`, drops the token unless a later visit brought a new one, and returns a page with buttons.
    /// `latest`: when the failed request came, by `clock::now`.
    boost::asio::awaitable<server::response> sign_in_again(
        signed_in_user user, std::chrono::system_clock::time_point latest);

    /// The session of a provider. Throws `errc::invalid_argument` for a name that none has.
    coauth::session& session(std::string_view provider) const;

    /// Prometheus text (version 0.0.4) of logins, lookups and visitors, of all providers together, and of the server's
    /// `connections` if they are given. Numbers only, without names or ids. What a failing store does not say is left out.
    boost::asio::awaitable<std::string> metrics(std::optional<server::server_stats> connections = std::nullopt);

    /// After the server was closed: refuses new logins, ends waits, lets requests in flight end.
    boost::asio::awaitable<void> close();

private:
    class state;
    std::shared_ptr<state> state_;
};

/// What to call a user: the name, else the username, else the id. Plain text of the user's own choice: escape it.
COAUTH_DECL std::string shown_name(const signed_in_user& user);

} // namespace coauth::site
