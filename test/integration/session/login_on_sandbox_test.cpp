// A login from the button to the profile, through a session.
#include "integration/session/town.hpp"

#include <vector>

namespace asio = boost::asio;
using namespace std::chrono_literals;
using namespace coauth;
using testing::town;

namespace {

// Logins have their time to live, so here it passes as it does.
class quiet_town : public town {
public:
    explicit quiet_town(sandbox::options mood = sandbox::options(), session_options wanted = session_options())
        : town(std::move(mood), std::move(wanted))
    {
        clock->jumps = false;
    }
};

sandbox::options approving()
{
    sandbox::options mood;
    mood.auto_approve = "user_3";
    return mood;
}

} // namespace

TEST_CASE("begin, the browser, the callback, the profile, and the one who waits hears of it")
{
    std::vector<std::string> told;
    session_options options;
    options.on_event = [&told](const session_event& e) {
        told.push_back(std::string(name(e.what)) + (e.status ? ":" + std::string(name(*e.status)) : ""));
    };
    quiet_town t(approving(), options);
    login_request how;
    how.return_to = "/profile";
    const login begun = t.run(t.session->begin_login(browser_binding(), how)).value();
    std::optional<login_outcome> awaited;
    asio::co_spawn(t.io, t.session->wait(begun), [&awaited](const std::exception_ptr& e, login_outcome outcome) {
        CHECK(e == nullptr);
        awaited = std::move(outcome);
    });
    const std::string query = t.browse(begun.url);

    const browser_binding stranger = browser_binding::random();
    CHECK(t.run(t.session->complete_login(query, stranger)).value().status == login_status::wrong_browser);
    CHECK(t.run(t.session->complete_login(query, browser_binding())).value().status == login_status::wrong_browser);
    CHECK(t.calls("/oauth/access_token") == 0);

    const login_outcome outcome = t.run(t.session->complete_login(query, begun.binding)).value();
    CHECK(outcome.status == login_status::granted);
    CHECK(outcome.user.username == "user_3");
    CHECK(outcome.return_to == "/profile");
    t.run_until([&] { return awaited.has_value(); });
    CHECK(awaited->status == login_status::granted);
    CHECK(awaited->user.id == outcome.user.id);

    CHECK(t.run(t.session->complete_login(query, begun.binding)).value().status == login_status::replayed);
    CHECK(t.calls("/oauth/access_token") == 1);
    CHECK(t.run(t.session->profile(outcome.user.id, "user_3")).value().id == outcome.user.id);
    CHECK(told == std::vector<std::string>{"login_begun", "login_ended:wrong_browser", "login_ended:wrong_browser",
                      "token_added", "login_ended:granted", "login_ended:replayed", "request", "answer"});
}

TEST_CASE("fifty equal callbacks: one is granted, one exchange")
{
    quiet_town t(approving());
    const login begun = t.run(t.session->begin_login(browser_binding())).value();
    const std::string query = t.browse(begun.url);
    int granted = 0;
    int replayed = 0;
    for (int i = 0; i < 50; ++i)
        asio::co_spawn(t.io, t.session->complete_login(query, begun.binding),
            [&](const std::exception_ptr& e, const login_outcome& outcome) {
                CHECK(e == nullptr);
                granted += outcome.status == login_status::granted;
                replayed += outcome.status == login_status::replayed;
            });
    t.run_until([&] { return granted + replayed == 50; });
    CHECK(granted == 1);
    CHECK(t.calls("/oauth/access_token") == 1);
}

TEST_CASE("a doubled click spends one request token")
{
    session_options options;
    options.share_login_for = 10min; // by the machine's clock, which may be a slow machine's
    quiet_town t(sandbox::options(), options);
    const login first = t.run(t.session->begin_login(browser_binding())).value();
    const login second = t.run(t.session->begin_login(first.binding)).value();
    CHECK(second.url == first.url);
    CHECK(t.calls("/oauth/request_token") == 1);
    login_request elsewhere;
    elsewhere.return_to = "/elsewhere";
    CHECK(t.run(t.session->begin_login(first.binding, elsewhere)).value().url != first.url);
    CHECK(t.calls("/oauth/request_token") == 2);
}

TEST_CASE("a leg 3 that the provider refuses is thrown to the callback and to the one who waits")
{
    sandbox::options mood = approving();
    mood.faults = R"([{"route":"/oauth/access_token","nth":1,"status":503}])";
    quiet_town t(mood);
    const login begun = t.run(t.session->begin_login(browser_binding())).value();
    const std::string query = t.browse(begun.url);
    bool heard = false;
    asio::co_spawn(t.io, t.session->wait(begun),
        [&heard](const std::exception_ptr& e, const login_outcome&) { heard = e != nullptr; });
    const auto outcome = t.run(t.session->complete_login(query, begun.binding));
    REQUIRE_FALSE(outcome);
    CHECK(outcome.error().reason() == errc::provider_unavailable);
    t.run_until([&] { return heard; });
    CHECK(t.calls("/oauth/access_token") == 1);
}
