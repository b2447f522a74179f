// What a login_site consists of.
#pragma once

#include "site/begin_limits.hpp"
#include "site/departures.hpp"
#include "site/leg_counts.hpp"
#include "site/login_log.hpp"
#include "site/login_notice.hpp"
#include "site/login_pages.hpp"
#include "site/login_routes.hpp"
#include "site/visits.hpp"
#include "site/waiting_logins.hpp"

#include <coauth/http/origin.hpp>
#include <coauth/server/site_cookie.hpp>
#include <coauth/site/address_token.hpp>
#include <coauth/site/login_site.hpp>

#include <boost/asio/cancellation_state.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace coauth::site {

/// An operation that its caller has cancelled has not failed.
inline bool is_cancelled(const boost::asio::cancellation_state& state)
{
    return state.cancelled() != boost::asio::cancellation_type::none;
}

class login_site::state {
public:
    using request = server::request;
    using response = server::response;
    template <class T>
    using awaitable = boost::asio::awaitable<T>;

    state(boost::asio::any_io_executor executor, std::string_view origin,
        std::vector<std::shared_ptr<login_provider>> providers, login_site_options options);

    awaitable<std::optional<response>> handle(request r);
    awaitable<std::optional<signed_in_user>> user(request r) const;
    response sign_in_page(const request& r, server::page content) const;
    awaitable<response> notice_page(request r, notice content) const;
    awaitable<response> sign_in_again(signed_in_user user, std::chrono::system_clock::time_point latest);
    awaitable<std::string> metrics(std::optional<server::server_stats> connections);
    awaitable<void> close();
    void stop() noexcept;

    coauth::session& session(std::string_view provider) const;
    const login_pages& pages() const noexcept { return pages_; }

private:
    // A provider, and its app's users.
    struct app {
        app() = default;

        std::string name;
        std::shared_ptr<login_provider> provider;
        std::unique_ptr<coauth::session> session;
    };

    awaitable<std::optional<response>> handle_own(request r);

    // login_requests.cpp
    awaitable<response> routed(login_route_match match, request r);
    awaitable<response> begin_login(std::size_t provider, request r);
    awaitable<response> finish_login(std::size_t provider, request r);
    awaitable<response> wait_for_login(std::string id, request r);
    awaitable<response> sign_out(request r);
    awaitable<response> failure(request r, error cause, login_step step);
    void report_login(const signed_in_user& user) const noexcept;
    void log_end(const std::string& line, login_status status) const;
    std::string login_text(
        const request& r, const app& at, std::string outcome, std::string cause, std::string user_id) const;
    std::string set_login_cookie(const browser_binding& binding) const;

    // request_checks.cpp
    std::optional<response> refused_by_host(const request& r) const;
    std::optional<notice> refused_by_limits(const request& r);
    awaitable<response> refused_by_method(request r, login_route route) const;
    awaitable<response> refused_by_origin(request r) const;
    std::string address_of(const request& r) const;
    void prove_address(const request& r, response& page) const;
    std::optional<std::chrono::seconds> age_of_address_token(const request& r) const;

    // user_tokens.cpp; the first is for a user who is among the departures
    awaitable<void> drop_token(user_key user, std::chrono::milliseconds limit);
    awaitable<void> drop_token_unless_here(user_key user);
    awaitable<void> drop_tokens_of_expired();

    static std::vector<app> apps_of(boost::asio::any_io_executor executor,
        std::vector<std::shared_ptr<login_provider>> providers, const login_site_options& options,
        const std::string& origin, const std::shared_ptr<departures>& expected);
    static std::vector<std::string> names_of(const std::vector<app>& apps);
    login_pages::settings settings_of_pages() const;
    std::chrono::steady_clock::time_point now() const { return options_.clock->steady_now(); }

    const login_site_options options_;
    const http::origin origin_;
    const std::string url_; // of the origin
    const login_log log_;
    const server::site_cookie login_cookie_;
    const server::site_cookie session_cookie_;
    const server::site_cookie address_cookie_;
    const address_tokens address_tokens_;
    const std::shared_ptr<departures> departures_ = std::make_shared<departures>();
    const std::vector<app> apps_;
    const std::vector<std::string> names_; // of the apps
    const login_pages pages_;
    visits visits_;
    waiting_logins waiting_;

    // A request is dropping the tokens of users whose visits have expired.
    const std::shared_ptr<std::atomic<bool>> dropping_ = std::make_shared<std::atomic<bool>>(false);
    std::chrono::steady_clock::time_point next_expiry_; // for that request only

    leg_counts begun_;
    leg_counts ended_;
    begin_limits begins_;
    std::atomic<std::uint64_t> refused_by_address_ = 0;
    std::atomic<std::uint64_t> refused_by_site_ = 0;
};

} // namespace coauth::site
