// A login from the button to the profile, through a session.
#include "integration/session/sandbox_fixture.hpp"

#include <vector>

namespace asio = boost::asio;
using namespace std::chrono_literals;
using namespace coauth;
using testing::sandbox_fixture;

namespace {

// Logins have a time to live, so the clock must not jump.
class real_time_fixture : public sandbox_fixture {
public:
    explicit real_time_fixture(
        sandbox::options sandbox_options = sandbox::options(), session_options wanted = session_options())
        : sandbox_fixture(std::move(sandbox_options), std::move(wanted))
    {
        clock->jumps = false;
    }
};

sandbox::options approving()
{
    sandbox::options sandbox_options;
    sandbox_options.auto_approve = "user_3";
    return sandbox_options;
}

} // namespace

TEST_CASE("session: a login from the begin to the profile, with a waiter that gets the outcome")
{
    std::vector<std::string> events;
    session_options options;
    options.on_event = [&events](const session_event& e) {
        events.push_back(std::string(name(e.kind)) + (e.status ? ":" + std::string(name(*e.status)) : ""));
    };
    real_time_fixture f(approving(), options);
    login_request request;
    request.return_to = "/profile";
    const login begun = f.run(f.session->begin_login(browser_binding(), request)).value();
    std::optional<login_outcome> awaited;
    asio::co_spawn(f.io, f.session->wait(begun), [&awaited](const std::exception_ptr& e, login_outcome outcome) {
        CHECK(e == nullptr);
        awaited = std::move(outcome);
    });
    const std::string query = f.browse(begun.url);

    const browser_binding stranger = browser_binding::random();
    CHECK(f.run(f.session->complete_login(query, stranger)).value().status == login_status::wrong_browser);
    CHECK(f.run(f.session->complete_login(query, browser_binding())).value().status == login_status::wrong_browser);
    CHECK(f.calls("/oauth/access_token") == 0);

    const login_outcome outcome = f.run(f.session->complete_login(query, begun.binding)).value();
    CHECK(outcome.status == login_status::granted);
    CHECK(outcome.user.username == "user_3");
    CHECK(outcome.return_to == "/profile");
    f.run_until([&] { return awaited.has_value(); });
    CHECK(awaited->status == login_status::granted);
    CHECK(awaited->user.id == outcome.user.id);

    CHECK(f.run(f.session->complete_login(query, begun.binding)).value().status == login_status::replayed);
    CHECK(f.calls("/oauth/access_token") == 1);
    CHECK(f.run(f.session->profile(outcome.user.id, "user_3")).value().id == outcome.user.id);
    CHECK(events == std::vector<std::string>{"login_begun", "login_ended:wrong_browser", "login_ended:wrong_browser",
                        "token_added", "login_ended:granted", "login_ended:replayed", "request", "response"});
}

TEST_CASE("session.complete_login: of fifty equal callbacks one is granted, with one exchange")
{
    real_time_fixture f(approving());
    const login begun = f.run(f.session->begin_login(browser_binding())).value();
    const std::string query = f.browse(begun.url);
    int granted = 0;
    int replayed = 0;
    for (int i = 0; i < 50; ++i)
        asio::co_spawn(f.io, f.session->complete_login(query, begun.binding),
            [&](const std::exception_ptr& e, const login_outcome& outcome) {
                CHECK(e == nullptr);
                granted += outcome.status == login_status::granted;
                replayed += outcome.status == login_status::replayed;
            });
    f.run_until([&] { return granted + replayed == 50; });
    CHECK(granted == 1);
    CHECK(f.calls("/oauth/access_token") == 1);
}

TEST_CASE("session.begin_login: a doubled click costs one request token")
{
    session_options options;
    options.share_login_for = 10min; // by the machine's clock, which may be a slow machine's
    real_time_fixture f(sandbox::options(), options);
    const login first = f.run(f.session->begin_login(browser_binding())).value();
    const login second = f.run(f.session->begin_login(first.binding)).value();
    CHECK(second.url == first.url);
    CHECK(f.calls("/oauth/request_token") == 1);
    login_request elsewhere;
    elsewhere.return_to = "/elsewhere";
    CHECK(f.run(f.session->begin_login(first.binding, elsewhere)).value().url != first.url);
    CHECK(f.calls("/oauth/request_token") == 2);
}

TEST_CASE("session.complete_login: a leg 3 that the provider refuses is thrown to the callback and to the waiter")
{
    sandbox::options sandbox_options = approving();
    sandbox_options.faults = R"([{"route":"/oauth/access_token","nth":1,"status":503}])";
    real_time_fixture f(sandbox_options);
    const login begun = f.run(f.session->begin_login(browser_binding())).value();
    const std::string query = f.browse(begun.url);
    bool failed = false;
    asio::co_spawn(f.io, f.session->wait(begun),
        [&failed](const std::exception_ptr& e, const login_outcome&) { failed = e != nullptr; });
    const auto outcome = f.run(f.session->complete_login(query, begun.binding));
    REQUIRE_FALSE(outcome);
    CHECK(outcome.error().reason() == errc::provider_unavailable);
    f.run_until([&] { return failed; });
    CHECK(f.calls("/oauth/access_token") == 1);
}
