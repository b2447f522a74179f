// The site: what is answered to whom.
#pragma once

#include "login_server/begin_limits.hpp"
#include "login_server/leg_counts.hpp"
#include "login_server/pages.hpp"
#include "login_server/people.hpp"
#include "login_server/routes.hpp"
#include "login_server/site_log.hpp"
#include "login_server/visitors.hpp"
#include "login_server/waiting_rooms.hpp"

#include <coauth/http/origin.hpp>
#include <coauth/server/http_server.hpp>
#include <coauth/server/site_cookie.hpp>
#include <coauth/session/session.hpp>
#include <coauth/site/address_token.hpp>
#include <coauth/site/return_path.hpp>
#include <coauth/twitter/client.hpp>
#include <coauth/twitter/provider.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace login_server {

struct site_options {
    site_options() = default;

    coauth::http::origin origin; ///< As browsers see it, through a proxy or not.
    std::string name;            ///< Of the site, shown on each page; empty: the origin's host.
    std::string proxy;           ///< Whose X-Forwarded-For and Forwarded are believed; empty: no one is.

    begin_sizes begins;

    std::chrono::milliseconds patience{10'000}; ///< For all that a profile page asks the provider.

    /// How long a page that waits for another window is held; shorter than a server's grace when it drains.
    std::chrono::milliseconds longest_poll{5'000};

    coauth::session_options session; ///< Callback and clock are the site's own.
    std::shared_ptr<coauth::clock> clock = coauth::system_clock();
    std::function<void(const std::string& line)> log; ///< For the operator; without secrets.
};

/// Answers requests. Give `answer` to an `http_server` and keep the site until that has ended.
///
/// What keeps a stranger out of a login: the cookie `coauth_login` binds it to the browser that began
/// it, and the session compares. What keeps one out of an account: the cookie `coauth_session`, new at
/// each login. What keeps other sites from pressing the buttons: POST, SameSite and the check of origin.
///
/// Thread safety: safe.
class site {
public:
    site(boost::asio::any_io_executor executor, const coauth::twitter::client& client, site_options options);

    boost::asio::awaitable<coauth::server::response> answer(coauth::server::request r);

    /// What `GET /metrics` says, in Prometheus' text format; see metrics.hpp.
    boost::asio::awaitable<std::string> metrics(coauth::server::server_stats connections);

    /// After the server: lets what is on the wire end.
    boost::asio::awaitable<void> close();

private:
    using request = coauth::server::request;
    using response = coauth::server::response;

    boost::asio::awaitable<response> routed(route_match where, request r);
    boost::asio::awaitable<response> show_home(request r);
    boost::asio::awaitable<response> begin_login(request r);
    boost::asio::awaitable<response> finish_login(request r);
    boost::asio::awaitable<response> wait_for_login(std::string id, request r);
    boost::asio::awaitable<response> show_profile(request r);
    boost::asio::awaitable<response> save_profile(request r);
    boost::asio::awaitable<response> sign_out(request r);

    std::optional<response> refused_by_host(const request& r) const;
    response refused_by_origin(const request& r) const;
    std::optional<response> refused_before_login(const request& r);
    std::string address_of(const request& r) const;
    void log_login(const request& r, std::string outcome, std::string cause, std::string user_id) const;
    response home(const request& r) const;
    void prove_address(const request& r, response& page) const;
    std::optional<std::chrono::seconds> age_of_address_token(const request& r) const;
    response told(const request& r, const message& what) const;
    response trouble(const request& r, const coauth::error& why, step where);

    boost::asio::awaitable<void> ask_provider(std::shared_ptr<profile_view> view);
    boost::asio::awaitable<std::shared_ptr<const news>> ask_news(std::string user_id);
    boost::asio::awaitable<void> forget_token(std::string user_id, std::chrono::milliseconds limit);
    boost::asio::awaitable<void> sign_out_unless_here(std::string user_id);
    boost::asio::awaitable<void> forget_tokens_of_expired();

    std::string set_login_cookie(const coauth::browser_binding& binding) const;
    std::optional<coauth::signed_in_user> visitor_of(const request& r) const;
    std::chrono::steady_clock::time_point now() const { return options_.clock->steady_now(); }

    const site_options options_;
    const site_log log_;
    const std::string origin_;
    const coauth::server::site_cookie login_cookie_;
    const coauth::server::site_cookie session_cookie_;
    const coauth::server::site_cookie address_cookie_;
    const coauth::site::address_tokens address_tokens_;
    const pages pages_;
    const coauth::twitter::client& client_;
    const std::shared_ptr<coauth::store::login_store> logins_;
    const std::shared_ptr<coauth::store::token_store> tokens_;
    const std::shared_ptr<visitors> visitors_ = std::make_shared<visitors>();
    coauth::session session_;

    // A request is forgetting the tokens of visits that have expired.
    const std::shared_ptr<std::atomic<bool>> forgetting_ = std::make_shared<std::atomic<bool>>(false);
    people people_;
    waiting_rooms waiting_rooms_;

    leg_counts begun_;
    leg_counts ended_;
    begin_limits begins_;
    std::atomic<std::uint64_t> refused_by_address_ = 0;
    std::atomic<std::uint64_t> refused_by_site_ = 0;
};

} // namespace login_server
