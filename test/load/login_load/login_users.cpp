#include "login_load/login_users.hpp"

#include <csignal>
#include <utility>

namespace login_load {

namespace asio = boost::asio;

login_users::login_users(const asio::any_io_executor& executor, login_options options)
    : options_(std::move(options)), provider_(executor, options_.ca_file, options_.provider_connections)
{}

asio::awaitable<void> login_users::run()
{
    while (begun_ < options_.users)
        co_await sign_in(++begun_);
}

asio::awaitable<void> login_users::sign_in(std::size_t number)
{
    const std::string username = "user_" + std::to_string(number);
    browser own(options_.site, source_address(network::users, number), provider_, options_.patience);
    for (std::size_t nth = 1; nth <= options_.tries; ++nth) {
        const outcome end = co_await attempt(own, username, nth);
        if (end == outcome::turned_away)
            ++tally_.turned_away;
        if (end != outcome::failed)
            co_return;
    }
    ++tally_.gave_up;
}

asio::awaitable<login_users::outcome> login_users::attempt(browser& own, std::string username, std::size_t nth)
{
    login_steps steps(options_.site, std::move(username));
    clock::time_point pressed_at;
    for (;;) {
        const page at = steps.at();
        const auto sent_at = clock::now();
        if (at == page::button)
            pressed_at = sent_at;
        const response a = co_await own.send(steps.next());
        const auto now = clock::now();
        if (a.kind != ending::responded)
            co_return no_response(steps, a);
        time(at, now - sent_at);
        const verdict v = steps.take(a);
        if (v == verdict::pending)
            continue;
        if (v == verdict::granted)
            tally_.retried += nth > 1 ? 1 : 0;
        if (v == verdict::granted && at == page::profile)
            tally_.login.add(now - pressed_at);
        if (v == verdict::refused && at > page::front)
            tally_.refusal.add(now - pressed_at);
        co_return close(v, steps, a);
    }
}

// The login has reached a page where it ends.
login_users::outcome login_users::close(verdict v, const login_steps& steps, const response& a)
{
    switch (v) {
    case verdict::granted:
        if (++tally_.granted == options_.stop_after)
            end_the_site();
        return outcome::done;
    case verdict::wrong:
        ++tally_.wrong;
        record_failure(steps, a, "another user is signed in");
        return outcome::done;
    case verdict::refused:
        tally_.refused.add(a.status);
        return outcome::failed;
    default:
        ++tally_.odd;
        record_failure(
            steps, a, "status " + std::to_string(a.status) + " to " + a.location + '\n' + a.body.substr(0, 2000));
        return outcome::failed;
    }
}

// There was no response. A site that gets SIGTERM still owes one to requests that had arrived before.
login_users::outcome login_users::no_response(const login_steps& steps, const response& a)
{
    if (site_ended_ && a.kind != ending::late && a.handed_over >= *site_ended_)
        return outcome::turned_away;
    if (a.kind == ending::late)
        ++tally_.late;
    else
        ++tally_.lost;
    record_failure(steps, a, (a.kind == ending::refused ? "no connection: " : "no response: ") + a.why);
    return outcome::failed;
}

void login_users::time(page at, clock::duration took)
{
    if (at == page::button)
        tally_.button.add(took);
    if (at == page::callback)
        tally_.callback.add(took);
    if (at == page::profile)
        tally_.profile.add(took);
}

void login_users::record_failure(const login_steps& steps, const response&, const std::string& message)
{
    if (tally_.first_failure.empty())
        tally_.first_failure = steps.next().method + ' ' + steps.next().target.substr(0, 20) + ": " + message;
}

void login_users::end_the_site()
{
    site_ended_ = clock::now();
    ::kill(options_.stop_pid, SIGTERM);
}

} // namespace login_load
