// Many users, each with a browser, who sign in at once.
#pragma once

#include "login_load/browser.hpp"
#include "login_load/tally.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <sys/types.h>

namespace login_load {

struct login_options {
    login_options() = default;

    origin site;
    std::string ca_file;                    ///< For the provider's page.
    std::size_t users = 100;                ///< user_1, user_2, ...
    std::size_t at_once = 100;              ///< The next one begins when one has ended.
    std::size_t tries = 1;                  ///< Of each user.
    clock::duration patience{};             ///< For one response.
    std::size_t provider_connections = 256; ///< Connections to the provider's pages, of all together.
    pid_t stop_pid = 0;                     ///< Gets SIGTERM ...
    std::size_t stop_after = 0;             ///< ... when so many were granted; 0: never.
};

/// Thread safety: not safe. Lifetime: outlives the coroutines of `run`.
class login_users {
public:
    login_users(const boost::asio::any_io_executor& executor, login_options options);

    /// All users sign in, one after the other; run this `at_once` times at once.
    boost::asio::awaitable<void> run();

    const tally& result() const noexcept { return tally_; }

private:
    enum class outcome { done, failed, turned_away };

    boost::asio::awaitable<void> sign_in(std::size_t number);
    boost::asio::awaitable<outcome> attempt(browser& own, std::string username, std::size_t nth);
    outcome close(verdict v, const login_steps& steps, const response& a);
    outcome no_response(const login_steps& steps, const response& a);
    void time(page at, clock::duration took);
    void record_failure(const login_steps& steps, const response& a, const std::string& message);
    void end_the_site();

    login_options options_;
    provider_connections provider_;
    tally tally_;
    std::size_t begun_ = 0;
    std::optional<clock::time_point> site_ended_;
};

} // namespace login_load
