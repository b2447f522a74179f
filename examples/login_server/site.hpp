// The site: a front page, and a profile that fills itself in.
#pragma once

#include "login_server/pages.hpp"
#include "login_server/people.hpp"

#include <coauth/http/origin.hpp>
#include <coauth/site/login_site.hpp>
#include <coauth/twitter/client.hpp>
#include <coauth/twitter/tweet.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace login_server {

struct site_options {
    site_options() = default;

    coauth::http::origin origin;             ///< As browsers see it, through a proxy or not.
    coauth::site::login_site_options logins; ///< Of the logins, and with them of the whole site.
    coauth::twitter::client_options x;       ///< For what is shown of X only: tweets and followers.
};

/// Responds to requests. Give `respond` to an `http_server` and keep the site until that has ended.
///
/// Thread safety: safe.
class site {
public:
    site(boost::asio::any_io_executor executor, std::vector<std::shared_ptr<coauth::login_provider>> providers,
        site_options options);

    boost::asio::awaitable<coauth::server::response> respond(coauth::server::request r);

    coauth::site::login_site& logins() noexcept { return logins_; }

private:
    using request = coauth::server::request;
    using response = coauth::server::response;

    boost::asio::awaitable<response> respond_to_known(request r);
    boost::asio::awaitable<response> show_profile(coauth::signed_in_user user, request r);
    boost::asio::awaitable<response> save_profile(request r);

    boost::asio::awaitable<void> ask_provider(std::shared_ptr<profile_view> view);
    boost::asio::awaitable<coauth::twitter::page<coauth::twitter::tweet>> ask_tweets(coauth::session& session,
        std::string user_id, coauth::twitter::page_options page, coauth::call_options options);
    boost::asio::awaitable<coauth::twitter::page<coauth::profile>> ask_followers(coauth::session& session,
        std::string user_id, coauth::twitter::page_options page, coauth::call_options options);
    std::string problem_words(const coauth::error& problem) const;
    boost::asio::awaitable<void> ask_profile(coauth::user_key user);
    boost::asio::awaitable<std::shared_ptr<const news>> ask_news(coauth::user_key user);

    void log(const std::string& line) const noexcept;
    std::chrono::steady_clock::time_point now() const { return options_.logins.clock->steady_now(); }

    const std::shared_ptr<people> people_ = std::make_shared<people>();
    const site_options options_;
    const std::string origin_;
    coauth::site::login_site logins_;
};

} // namespace login_server
