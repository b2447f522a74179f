// The ends of logins, one rule a test.
#include "unit/session/logins/logins_fixture.hpp"

using namespace std::chrono_literals;
using namespace coauth;
using testing::logins_fixture;

TEST_CASE("logins: a user who allows the login is signed in once the grant is stored")
{
    logins_fixture f;
    login_request request;
    request.return_to = "/from";
    const login begun = f.run(f.logins->begin(browser_binding(), request)).value();
    CHECK(f.provider->last_callback() == "https://app.example/callback");
    CHECK(begun.url == "https://provider.example/authenticate?oauth_token=token-1");
    CHECK(begun.binding.reveal().size() == 43);
    const auto waiting = f.start(f.logins->wait(begun));
    f.poll();
    CHECK_FALSE(waiting.done());
    CHECK(f.logins->counts().awaited == 1);

    const login_outcome outcome = f.complete(begun).value();
    CHECK(outcome.status == login_status::granted);
    CHECK(outcome.user.id == "id-of-v");
    CHECK(outcome.user.username == "name-of-v");
    CHECK(outcome.return_to == "/from");
    CHECK(f.kept == std::vector<std::string>{"id-of-v access-token-1"});
    CHECK(waiting.value().value().status == login_status::granted);
    CHECK(waiting.value().value().user.id == "id-of-v");
    CHECK(waiting.value().value().return_to == "/from");
    CHECK(f.events == std::vector<std::string>{"begun", "granted id-of-v"});
    CHECK(f.logins->counts().begun == 1);
    CHECK(f.logins->counts().granted == 1);
    CHECK(f.logins->counts().awaited == 0);

    // A later waiter with the handle still gets it.
    CHECK(f.run(f.logins->wait(begun)).value().status == login_status::granted);
    CHECK(f.idle());
}

TEST_CASE("session.begin_login: keeps the browser's binding, and ask_again leads to the authorize page")
{
    logins_fixture f;
    const auto present = browser_binding::random();
    login_request request;
    request.ask_again = true;
    const login begun = f.run(f.logins->begin(present, request)).value();
    CHECK(begun.binding.reveal() == present.reveal());
    CHECK(begun.url == "https://provider.example/authorize?oauth_token=token-1");
}

TEST_CASE("logins: a user who refuses is an outcome and not an error")
{
    logins_fixture f;
    const login begun = f.begin(browser_binding(), "/from").value();
    const auto waiting = f.start(f.logins->wait(begun));
    const auto refused = f.run(f.logins->complete("denied=token-1", begun.binding)).value();
    CHECK(refused.status == login_status::denied);
    CHECK(refused.return_to == "/from");
    CHECK(waiting.value().value().status == login_status::denied);
    CHECK(f.provider->finished == 0);
    CHECK(f.status(begun) == login_status::replayed);
    CHECK(f.idle());
}

TEST_CASE("session.complete_login: another browser can neither finish nor refuse a login")
{
    logins_fixture f;
    const login begun = f.begin().value();
    const auto stranger = browser_binding::random();
    const auto waiting = f.start(f.logins->wait(begun));
    for (const auto& present : {stranger, browser_binding(), browser_binding("nonsense")}) {
        CHECK(f.complete(begun, present).value().status == login_status::wrong_browser);
        CHECK(f.run(f.logins->complete("denied=token-1", present)).value().status == login_status::wrong_browser);
    }
    CHECK(f.provider->finished == 0);
    CHECK_FALSE(waiting.done());
    CHECK(f.logins->counts().wrong_browser == 6);
    CHECK(f.status(begun) == login_status::granted);
    CHECK(waiting.value().value().status == login_status::granted);
}

TEST_CASE("session.complete_login: a callback without a login is unknown, and a malformed one is refused")
{
    logins_fixture f;
    const auto unknown = f.run(f.logins->complete("oauth_token=x&oauth_verifier=v", browser_binding::random()));
    CHECK(unknown.value().status == login_status::unknown);
    for (const char* query : {"", "oauth_token=x", "oauth_verifier=v", "oauth_token=x&oauth_verifier=v&denied=x",
             "oauth_token=x&oauth_token=x&oauth_verifier=v", "oauth_token=%&oauth_verifier=v"}) {
        const auto r = f.run(f.logins->complete(query, browser_binding::random()));
        REQUIRE_FALSE(r);
        CHECK(r.error().reason() == errc::invalid_argument);
    }
    CHECK(f.provider->finished == 0);
    CHECK(f.idle());
}

TEST_CASE("session.complete_login: of fifty equal callbacks at once one is granted and 49 are replays")
{
    logins_fixture f;
    const login begun = f.begin().value();
    std::vector<testing::promised<login_outcome>> callbacks;
    for (int i = 0; i < 50; ++i)
        callbacks.push_back(f.start(f.logins->complete(f.callback(begun), begun.binding)));
    f.poll();
    int granted = 0;
    int replayed = 0;
    for (const auto& c : callbacks) {
        granted += c.value().value().status == login_status::granted;
        replayed += c.value().value().status == login_status::replayed;
    }
    CHECK(granted == 1);
    CHECK(replayed == 49);
    CHECK(f.provider->finished == 1);
    CHECK(f.kept.size() == 1);
    CHECK(f.logins->counts().replayed == 49);
}

TEST_CASE("session.complete_login: late and repeated callbacks differ from unknown ones for one more time to live")
{
    logins_fixture f;
    const login done = f.begin().value();
    const login late = f.begin().value();
    CHECK(f.status(done) == login_status::granted);
    f.pass(10min - 1ms);
    CHECK(f.status(done) == login_status::replayed);
    CHECK(f.pending() == 1);
    f.pass(1ms);
    CHECK(f.status(late) == login_status::expired);
    CHECK(f.status(done) == login_status::unknown);
    f.pass(10min);
    CHECK(f.status(late) == login_status::unknown);
    CHECK(f.provider->finished == 1);
}

TEST_CASE("session.complete_login: a failed last leg is thrown to the callback and the waiters, and consumes the login")
{
    logins_fixture f;
    const login begun = f.begin().value();
    const auto waiting = f.start(f.logins->wait(begun));
    SUBCASE("by the provider")
    {
        f.provider->finish_fails = error(errc::provider_unavailable, "down");
        CHECK(f.complete(begun).error().reason() == errc::provider_unavailable);
        CHECK(waiting.failure() == errc::provider_unavailable);
        CHECK(f.events.back() == "provider_unavailable");
    }
    SUBCASE("by the function that stores the grant")
    {
        f.keep_fails = error(errc::store_unavailable);
        CHECK(f.complete(begun).error().reason() == errc::store_unavailable);
        CHECK(waiting.failure() == errc::store_unavailable);
    }
    SUBCASE("by an exception that is not a coauth::error")
    {
        f.provider->throws_int = true;
        CHECK(f.complete(begun).error().reason() == errc::provider_error);
        CHECK(waiting.failure() == errc::provider_error);
    }
    CHECK(f.logins->counts().failed == 1);
    CHECK(f.run(f.logins->wait(begun)).has_error());
    CHECK(f.status(begun) == login_status::replayed);
    CHECK(f.provider->finished == 1);
    CHECK(f.idle());
}

TEST_CASE("session.begin_login: fails without a callback URL, and with a return_to above 1 KiB")
{
    logins_fixture f;
    f.setup->options.callback.clear();
    const auto none = f.begin();
    REQUIRE_FALSE(none);
    CHECK(none.error().reason() == errc::invalid_argument);
    CHECK(none.error().hint().value().find("session_options::callback") != std::string::npos);
    f.setup->options.callback = "oob";
    CHECK(f.begin(browser_binding(), std::string(1024, 'x')));
    CHECK(f.begin(browser_binding(), std::string(1025, 'x')).error().reason() == errc::invalid_argument);
    CHECK(f.provider->begun == 1);
}

TEST_CASE("logins: errors and events contain no secret and no token")
{
    logins_fixture f;
    f.provider->always_key = "token-canary";
    const login begun = f.begin().value();
    const auto twice = f.begin(browser_binding::random());
    REQUIRE_FALSE(twice);
    CHECK(twice.error().reason() == errc::provider_error);
    CHECK(std::string(twice.error().what()).find("canary") == std::string::npos);
    f.provider->throws_int = true;
    const auto failed = f.run(f.logins->complete("oauth_token=token-canary&oauth_verifier=canary", begun.binding));
    CHECK(std::string(failed.error().what()).find("canary") == std::string::npos);
    for (const auto& text : f.events)
        CHECK(text.find("canary") == std::string::npos);
}
