// The outcomes of all users, and how long they took.
#pragma once

#include "login_load/login_steps.hpp"

#include <boost/json/object.hpp>

#include <chrono>
#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace login_load {

/// Durations, and what is less than how many of them.
class spread {
public:
    void add(clock::duration each) { all_.push_back(each); }

    /// Adds p50, p99 and max in milliseconds, under `name` and these; null if there were none.
    void write(boost::json::object& into, const std::string& name) const;

private:
    std::vector<clock::duration> all_;
};

/// How often each status was seen.
class status_count {
public:
    void add(int status) { ++counts_[status]; }
    boost::json::object json() const;

private:
    std::map<int, std::size_t> counts_;
};

/// Of `login_users`: each user ends as one of `granted`, `wrong`, `gave_up`, `turned_away`; `odd`,
/// `lost` and `late` say why a try failed that was not refused.
struct tally {
    tally() = default;

    std::size_t granted = 0;
    std::size_t wrong = 0;
    std::size_t gave_up = 0;     ///< Had no try left.
    std::size_t turned_away = 0; ///< Came while the site was ending.

    status_count refused; ///< Tries that ended with a page that says what went wrong.
    std::size_t odd = 0;
    std::size_t lost = 0;
    std::size_t late = 0;
    std::size_t retried = 0;   ///< Users who were refused and granted at a later try.
    std::string first_failure; ///< The first of these, in words.

    spread login;    ///< From the button to the profile page, of the try that was granted.
    spread button;   ///< POST /login
    spread callback; ///< GET /callback
    spread profile;  ///< GET /profile
    spread refusal;  ///< From the button to the page that says what went wrong.

    boost::json::object json() const;
};

} // namespace login_load
