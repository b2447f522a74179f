// How logins end, one rule a test.
#include "unit/session/logins/login_bench.hpp"

using namespace std::chrono_literals;
using namespace coauth;
using testing::login_bench;

TEST_CASE("a person who allows it is signed in, once the grant is kept")
{
    login_bench b;
    login_request how;
    how.return_to = "/from";
    const login begun = b.run(b.logins->begin(browser_binding(), how)).value();
    CHECK(b.provider->last_callback() == "https://app.example/callback");
    CHECK(begun.url == "https://provider.example/authenticate?oauth_token=token-1");
    CHECK(begun.binding.reveal().size() == 43);
    const auto waiting = b.start(b.logins->wait(begun));
    b.poll();
    CHECK_FALSE(waiting.done());
    CHECK(b.logins->counts().awaited == 1);

    const login_outcome outcome = b.complete(begun).value();
    CHECK(outcome.status == login_status::granted);
    CHECK(outcome.user.id == "id-of-v");
    CHECK(outcome.user.username == "name-of-v");
    CHECK(outcome.return_to == "/from");
    CHECK(b.kept == std::vector<std::string>{"id-of-v access-token-1"});
    CHECK(waiting.value().value().status == login_status::granted);
    CHECK(waiting.value().value().user.id == "id-of-v");
    CHECK(waiting.value().value().return_to == "/from");
    CHECK(b.told == std::vector<std::string>{"begun", "granted id-of-v"});
    CHECK(b.logins->counts().begun == 1);
    CHECK(b.logins->counts().granted == 1);
    CHECK(b.logins->counts().awaited == 0);

    // Whoever comes later and has the handle still gets it.
    CHECK(b.run(b.logins->wait(begun)).value().status == login_status::granted);
    CHECK(b.idle());
}

TEST_CASE("the browser keeps the binding it has, and may be asked again")
{
    login_bench b;
    const auto present = browser_binding::random();
    login_request how;
    how.ask_again = true;
    const login begun = b.run(b.logins->begin(present, how)).value();
    CHECK(begun.binding.reveal() == present.reveal());
    CHECK(begun.url == "https://provider.example/authorize?oauth_token=token-1");
}

TEST_CASE("a person who refuses is no error")
{
    login_bench b;
    const login begun = b.begin(browser_binding(), "/from").value();
    const auto waiting = b.start(b.logins->wait(begun));
    const auto refused = b.run(b.logins->complete("denied=token-1", begun.binding)).value();
    CHECK(refused.status == login_status::denied);
    CHECK(refused.return_to == "/from");
    CHECK(waiting.value().value().status == login_status::denied);
    CHECK(b.provider->finished == 0);
    CHECK(b.status(begun) == login_status::replayed);
    CHECK(b.idle());
}

TEST_CASE("a stranger neither finishes nor refuses a login")
{
    login_bench b;
    const login begun = b.begin().value();
    const auto stranger = browser_binding::random();
    const auto waiting = b.start(b.logins->wait(begun));
    for (const auto& present : {stranger, browser_binding(), browser_binding("nonsense")}) {
        CHECK(b.complete(begun, present).value().status == login_status::wrong_browser);
        CHECK(b.run(b.logins->complete("denied=token-1", present)).value().status == login_status::wrong_browser);
    }
    CHECK(b.provider->finished == 0);
    CHECK_FALSE(waiting.done());
    CHECK(b.logins->counts().wrong_browser == 6);
    CHECK(b.status(begun) == login_status::granted);
    CHECK(waiting.value().value().status == login_status::granted);
}

TEST_CASE("a callback of no login is unknown, and what is no callback is refused")
{
    login_bench b;
    const auto unknown = b.run(b.logins->complete("oauth_token=x&oauth_verifier=v", browser_binding::random()));
    CHECK(unknown.value().status == login_status::unknown);
    for (const char* query : {"", "oauth_token=x", "oauth_verifier=v", "oauth_token=x&oauth_verifier=v&denied=x",
             "oauth_token=x&oauth_token=x&oauth_verifier=v", "oauth_token=%&oauth_verifier=v"}) {
        const auto r = b.run(b.logins->complete(query, browser_binding::random()));
        REQUIRE_FALSE(r);
        CHECK(r.error().reason() == errc::invalid_argument);
    }
    CHECK(b.provider->finished == 0);
    CHECK(b.idle());
}

TEST_CASE("fifty equal callbacks at once: one is granted and fortynine are replays")
{
    login_bench b;
    const login begun = b.begin().value();
    std::vector<testing::promised<login_outcome>> callbacks;
    for (int i = 0; i < 50; ++i)
        callbacks.push_back(b.start(b.logins->complete(b.callback(begun), begun.binding)));
    b.poll();
    int granted = 0;
    int replayed = 0;
    for (const auto& c : callbacks) {
        granted += c.value().value().status == login_status::granted;
        replayed += c.value().value().status == login_status::replayed;
    }
    CHECK(granted == 1);
    CHECK(replayed == 49);
    CHECK(b.provider->finished == 1);
    CHECK(b.kept.size() == 1);
    CHECK(b.logins->counts().replayed == 49);
}

TEST_CASE("late and doubled callbacks are told from unknown ones for one more TTL")
{
    login_bench b;
    const login done = b.begin().value();
    const login late = b.begin().value();
    CHECK(b.status(done) == login_status::granted);
    b.pass(10min - 1ms);
    CHECK(b.status(done) == login_status::replayed);
    CHECK(b.living() == 1);
    b.pass(1ms);
    CHECK(b.status(late) == login_status::expired);
    CHECK(b.status(done) == login_status::unknown);
    b.pass(10min);
    CHECK(b.status(late) == login_status::unknown);
    CHECK(b.provider->finished == 1);
}

TEST_CASE("a last leg that fails is thrown to the callback and to whoever waits, and consumes the login")
{
    login_bench b;
    const login begun = b.begin().value();
    const auto waiting = b.start(b.logins->wait(begun));
    SUBCASE("by the provider")
    {
        b.provider->finish_fails = error(errc::provider_unavailable, "down");
        CHECK(b.complete(begun).error().reason() == errc::provider_unavailable);
        CHECK(waiting.failure() == errc::provider_unavailable);
        CHECK(b.told.back() == "provider_unavailable");
    }
    SUBCASE("by what keeps the grant")
    {
        b.keep_fails = error(errc::store_unavailable);
        CHECK(b.complete(begun).error().reason() == errc::store_unavailable);
        CHECK(waiting.failure() == errc::store_unavailable);
    }
    SUBCASE("by something that is no error")
    {
        b.provider->throws_int = true;
        CHECK(b.complete(begun).error().reason() == errc::provider_error);
        CHECK(waiting.failure() == errc::provider_error);
    }
    CHECK(b.logins->counts().failed == 1);
    CHECK(b.run(b.logins->wait(begun)).has_error());
    CHECK(b.status(begun) == login_status::replayed);
    CHECK(b.provider->finished == 1);
    CHECK(b.idle());
}

TEST_CASE("a session without a callback begins no login, and a return_to has an end")
{
    login_bench b;
    b.with->options.callback.clear();
    const auto none = b.begin();
    REQUIRE_FALSE(none);
    CHECK(none.error().reason() == errc::invalid_argument);
    CHECK(none.error().hint().value().find("session_options::callback") != std::string::npos);
    b.with->options.callback = "oob";
    CHECK(b.begin(browser_binding(), std::string(1024, 'x')));
    CHECK(b.begin(browser_binding(), std::string(1025, 'x')).error().reason() == errc::invalid_argument);
    CHECK(b.provider->begun == 1);
}

TEST_CASE("no secret and no token is in what a session tells of logins")
{
    login_bench b;
    b.provider->always_token = "token-canary";
    const login begun = b.begin().value();
    const auto twice = b.begin(browser_binding::random());
    REQUIRE_FALSE(twice);
    CHECK(twice.error().reason() == errc::provider_error);
    CHECK(std::string(twice.error().what()).find("canary") == std::string::npos);
    b.provider->throws_int = true;
    const auto failed = b.run(b.logins->complete("oauth_token=token-canary&oauth_verifier=canary", begun.binding));
    CHECK(std::string(failed.error().what()).find("canary") == std::string::npos);
    for (const auto& text : b.told)
        CHECK(text.find("canary") == std::string::npos);
}
