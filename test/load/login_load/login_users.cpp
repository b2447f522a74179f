#include "login_crowd/crowd.hpp"

#include <csignal>
#include <utility>

namespace login_crowd {

namespace asio = boost::asio;

crowd::crowd(const asio::any_io_executor& executor, crowd_options options)
    : options_(std::move(options)), door_(executor, options_.ca_file, options_.door_width)
{}

asio::awaitable<void> crowd::come()
{
    while (came_ < options_.people)
        co_await live(++came_);
}

asio::awaitable<void> crowd::live(std::size_t number)
{
    const std::string username = "user_" + std::to_string(number);
    browser own(options_.site, source_address(network::people, number), door_, options_.patience);
    for (std::size_t nth = 1; nth <= options_.tries; ++nth) {
        const outcome how = co_await attempt(own, username, nth);
        if (how == outcome::turned_away)
            ++tally_.turned_away;
        if (how != outcome::failed)
            co_return;
    }
    ++tally_.gave_up;
}

asio::awaitable<crowd::outcome> crowd::attempt(browser& own, std::string username, std::size_t nth)
{
    login_course course(options_.site, std::move(username));
    clock::time_point pressed;
    for (;;) {
        const page at = course.at();
        const auto asked = clock::now();
        if (at == page::button)
            pressed = asked;
        const answer a = co_await own.send(course.next());
        const auto now = clock::now();
        if (a.how != ending::answered)
            co_return part(course, a);
        time(at, now - asked);
        const verdict v = course.take(a);
        if (v == verdict::on_the_way)
            continue;
        if (v == verdict::granted)
            tally_.again += nth > 1 ? 1 : 0;
        if (v == verdict::granted && at == page::profile)
            tally_.login.add(now - pressed);
        if (v == verdict::told && at > page::front)
            tally_.telling.add(now - pressed);
        co_return close(v, course, a);
    }
}

// The login has come to a page where it ends.
crowd::outcome crowd::close(verdict v, const login_course& course, const answer& a)
{
    switch (v) {
    case verdict::granted:
        if (++tally_.granted == options_.stop_after)
            end_the_site();
        return outcome::done;
    case verdict::wrong:
        ++tally_.wrong;
        grieve(course, a, "somebody else is signed in");
        return outcome::done;
    case verdict::told:
        tally_.told.add(a.status);
        return outcome::failed;
    default:
        ++tally_.odd;
        grieve(course, a, "status " + std::to_string(a.status) + " to " + a.location + '\n' + a.body.substr(0, 2000));
        return outcome::failed;
    }
}

// There was no answer. A site that was told to end owes one to what had arrived before.
crowd::outcome crowd::part(const login_course& course, const answer& a)
{
    if (site_ended_ && a.how != ending::late && a.handed_over >= *site_ended_)
        return outcome::turned_away;
    if (a.how == ending::late)
        ++tally_.late;
    else
        ++tally_.lost;
    grieve(course, a, (a.how == ending::refused ? "no connection: " : "no answer: ") + a.why);
    return outcome::failed;
}

void crowd::time(page at, clock::duration took)
{
    if (at == page::button)
        tally_.button.add(took);
    if (at == page::callback)
        tally_.callback.add(took);
    if (at == page::profile)
        tally_.profile.add(took);
}

void crowd::grieve(const login_course& course, const answer&, const std::string& what)
{
    if (tally_.first_grief.empty())
        tally_.first_grief = course.next().method + ' ' + course.next().target.substr(0, 20) + ": " + what;
}

void crowd::end_the_site()
{
    site_ended_ = clock::now();
    ::kill(options_.stop_pid, SIGTERM);
}

} // namespace login_crowd
