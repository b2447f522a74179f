// Many people, each with a browser, who sign in at once.
#pragma once

#include "login_crowd/browser.hpp"
#include "login_crowd/tally.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <sys/types.h>

namespace login_crowd {

struct crowd_options {
    crowd_options() = default;

    origin site;
    std::string ca_file;          ///< For the provider's page.
    std::size_t people = 100;     ///< user_1, user_2, ...
    std::size_t at_once = 100;    ///< The next one comes when one has gone.
    std::size_t tries = 1;        ///< Of each person.
    clock::duration patience{};   ///< For one answer.
    std::size_t door_width = 256; ///< Connections to the provider's pages, of all together.
    pid_t stop_pid = 0;           ///< Gets SIGTERM ...
    std::size_t stop_after = 0;   ///< ... when so many were granted; 0: never.
};

/// Thread safety: not safe. Lifetime: outlives the coroutines of `come`.
class crowd {
public:
    crowd(const boost::asio::any_io_executor& executor, crowd_options options);

    /// Everybody comes, one after the other; run this `at_once` times at once.
    boost::asio::awaitable<void> come();

    const tally& result() const noexcept { return tally_; }

private:
    enum class outcome { done, failed, turned_away };

    boost::asio::awaitable<void> live(std::size_t number);
    boost::asio::awaitable<outcome> attempt(browser& own, std::string username, std::size_t nth);
    outcome close(verdict v, const login_course& course, const answer& a);
    outcome part(const login_course& course, const answer& a);
    void time(page at, clock::duration took);
    void grieve(const login_course& course, const answer& a, const std::string& what);
    void end_the_site();

    crowd_options options_;
    provider_door door_;
    tally tally_;
    std::size_t came_ = 0;
    std::optional<clock::time_point> site_ended_;
};

} // namespace login_crowd
