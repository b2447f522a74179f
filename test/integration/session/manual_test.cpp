// What docs/03-session.md shows, run against the sandbox.
#include "integration/session/sandbox_fixture.hpp"

#include <iostream>
#include <string>
#include <vector>

namespace asio = boost::asio;
using coauth::testing::sandbox_fixture;

namespace {

// [begin
asio::awaitable<coauth::login> begin(coauth::session& session, std::string cookie)
{
    coauth::login_request request;
    request.return_to = "/profile";
    auto login = co_await session.begin_login(coauth::browser_binding(cookie), request);
    co_return login; // set the cookie to login.binding.reveal() and redirect to login.url
}
// ]

// [complete
asio::awaitable<std::string> complete(coauth::session& session, std::string query, std::string cookie)
{
    auto outcome = co_await session.complete_login(query, coauth::browser_binding(cookie));
    switch (outcome.status) {
    case coauth::login_status::granted:
        co_return "welcome, " + outcome.user.username; // outcome.return_to is "/profile" again
    case coauth::login_status::denied:
        co_return "as you like";
    default:
        co_return "please try again: " + std::string(name(outcome.status));
    }
}
// ]

// [wait
asio::awaitable<bool> wait(coauth::session& session, coauth::login login)
{
    auto outcome = co_await session.wait(login); // the callback may come on any thread
    co_return outcome.status == coauth::login_status::granted;
}
// ]

// [look_up
asio::awaitable<void> look_up(coauth::session& session, std::string user, std::vector<coauth::user_ref> names)
{
    auto jack = co_await session.profile(user, "jack");
    std::cout << jack.name << '\n';

    auto all = co_await session.profiles(user, names); // thousands, if you like
    for (const auto& each : all.outcomes)
        if (each.profile)
            std::cout << each.asked.text() << ' ' << each.profile->name << '\n';
}
// ]

// [watch
void watch(coauth::session_options& options)
{
    options.on_event = [](const coauth::session_event& event) {
        std::clog << name(event.kind) << ' ' << event.count << ' ' << event.wait.count() << " ms\n";
    };
}

void report(const coauth::session& session)
{
    const auto stats = session.stats();
    std::clog << stats.lookups.questions << " questions, " << stats.lookups.requests << " requests, $"
              << static_cast<double>(stats.lookups.cost_micros) / 1e6 << '\n';
}
// ]

} // namespace

TEST_CASE("session: the manual's code runs as it is written")
{
    coauth::sandbox::options sandbox_options;
    sandbox_options.seed = R"({"users":[{"id":"7","username":"jack","name":"Jack"}]})";
    sandbox_options.auto_approve = "jack";
    coauth::session_options options;
    watch(options);
    sandbox_fixture f(sandbox_options, options);
    f.clock->jumps = false;

    const coauth::login login = f.run(begin(*f.session, "")).value();
    bool waited = false;
    asio::co_spawn(
        f.io, wait(*f.session, login), [&waited](const std::exception_ptr&, bool granted) { waited = granted; });
    const std::string query = f.browse(login.url);
    const std::string cookie(login.binding.reveal());
    CHECK(f.run(complete(*f.session, query, cookie)).value() == "welcome, jack");
    CHECK(f.run(complete(*f.session, query, cookie)).value() == "please try again: replayed");
    f.run_until([&waited] { return waited; });
    CHECK(f.run(look_up(*f.session, "7", {"jack", "missing"})));
    report(*f.session);
}
