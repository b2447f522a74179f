// Logins that a browser's calls share, and the caps.
#include "unit/session/logins/logins_fixture.hpp"

using namespace std::chrono_literals;
using namespace coauth;
using testing::logins_fixture;

TEST_CASE("session.begin_login: a browser that begins again at once gets the login it has")
{
    logins_fixture f;
    const login first = f.begin().value();
    f.pass(1s);
    const login second = f.begin(first.binding).value();
    CHECK(second.url == first.url);
    CHECK(second.binding.reveal() == first.binding.reveal());
    CHECK(second.awaited() == first.awaited());
    CHECK(f.provider->begun == 1);
    CHECK(f.logins->counts().begun == 1);
    CHECK(f.logins->counts().shared == 1);

    SUBCASE("but not later")
    {
        f.pass(1ms);
        CHECK(f.begin(first.binding).value().url != first.url);
        CHECK(f.pending() == 2); // of two tabs, each with its own login
    }
    SUBCASE("but not for another return_to")
    {
        CHECK(f.begin(first.binding, "/elsewhere").value().url != first.url);
    }
    SUBCASE("but not with another request")
    {
        login_request ask_again;
        ask_again.return_to = "/";
        ask_again.ask_again = true;
        CHECK(f.run(f.logins->begin(first.binding, ask_again)).value().url.find("/authorize") != std::string::npos);
    }
    SUBCASE("but not in another browser")
    {
        CHECK(f.begin(browser_binding::random()).value().url != first.url);
    }
    SUBCASE("but not after the callback")
    {
        CHECK(f.status(first) == login_status::granted);
        CHECK(f.begin(first.binding).value().url != first.url);
    }
    CHECK(f.provider->begun == 2);
}

TEST_CASE("session.begin_login: a shared login whose first handle is destroyed keeps its deadline")
{
    logins_fixture f;
    browser_binding binding;
    {
        const login first = f.begin().value();
        binding = first.binding;
    }
    f.pass(900ms);
    const login second = f.begin(binding).value();
    CHECK(f.provider->begun == 1);
    const auto waiting = f.start(f.logins->wait(second));
    f.pass(10min - 900ms - 1ms);
    CHECK_FALSE(waiting.done());
    f.pass(1ms);
    CHECK(waiting.value().value().status == login_status::expired);
}

TEST_CASE("session.begin_login: with share_login_for 0 each call begins a login of its own")
{
    session_options options;
    options.share_login_for = 0ms;
    logins_fixture f(options);
    const auto binding = browser_binding::random();
    f.provider->begins.hold();
    const auto first = f.start(f.logins->begin(binding, login_request()));
    const auto second = f.start(f.logins->begin(binding, login_request()));
    f.poll();
    f.provider->begins.open();
    f.poll();
    CHECK(first.value().value().url != second.value().value().url);
    CHECK(f.begin(binding).value().url != first.value().value().url);
}

TEST_CASE("session.begin_login: calls of one browser share a first leg in flight")
{
    logins_fixture f;
    const auto binding = browser_binding::random();
    f.provider->begins.hold();
    const auto leader = f.start(f.logins->begin(binding, login_request()));
    const auto follower = f.start(f.logins->begin(binding, login_request()));
    const auto stranger = f.start(f.logins->begin(browser_binding::random(), login_request()));
    f.poll();
    CHECK(f.provider->begun == 2);

    SUBCASE("and its success")
    {
        f.provider->begins.open();
        f.poll();
        CHECK(logins_fixture::token_of(leader.value().value()) == logins_fixture::token_of(follower.value().value()));
        CHECK(leader.value().value().awaited() == follower.value().value().awaited());
        CHECK(f.logins->counts().shared == 1);
    }
    SUBCASE("and its failure")
    {
        f.provider->begin_fails = error(errc::provider_unavailable, "down");
        f.provider->begins.open();
        f.poll();
        CHECK(leader.failure() == errc::provider_unavailable);
        CHECK(follower.failure() == errc::provider_unavailable);
        CHECK(f.logins->counts().failed == 2); // with the stranger's
        CHECK(f.logins->counts().shared == 0);
        f.provider->begin_fails.reset();
        CHECK(f.begin(binding));
    }
    SUBCASE("although the call that began it is cancelled")
    {
        leader.signal().emit(boost::asio::cancellation_type::terminal);
        f.poll();
        CHECK(leader.failure() == errc::cancelled);
        CHECK_FALSE(follower.done());
        f.provider->begins.open();
        f.poll();
        CHECK(follower.value().has_value());
    }
    SUBCASE("although all calls are cancelled: the browser gets the login when it begins again")
    {
        leader.signal().emit(boost::asio::cancellation_type::total);
        follower.signal().emit(boost::asio::cancellation_type::partial);
        f.poll();
        CHECK(leader.failure() == errc::cancelled);
        CHECK(follower.failure() == errc::cancelled);
        f.provider->begins.open();
        f.poll();
        CHECK(f.begin(binding, "").has_value());
    }
    CHECK(f.provider->begun <= 3);
    CHECK(stranger.done());
}

TEST_CASE("session.begin_login: after share_login_for a browser begins anew beside a first leg that hangs")
{
    logins_fixture f;
    const auto binding = browser_binding::random();
    f.provider->begins.hold();
    const auto first = f.start(f.logins->begin(binding, login_request()));
    f.pass(1s + 1ms);
    const auto second = f.start(f.logins->begin(binding, login_request()));
    f.poll();
    CHECK(f.provider->begun == 2);
    f.provider->begins.open();
    f.poll();
    CHECK(first.value().value().url != second.value().value().url);
}

TEST_CASE("session.begin_login: at a cap a login is refused before it costs a request token")
{
    session_options options;
    options.login_limits.max_pending = 3;
    options.login_limits.max_per_browser = 2;
    logins_fixture f(options);
    const auto binding = browser_binding::random();

    SUBCASE("of the browser")
    {
        REQUIRE(f.begin(binding, "/1"));
        const login second = f.begin(binding, "/2").value();
        const auto third = f.begin(binding, "/3");
        REQUIRE_FALSE(third);
        CHECK(third.error().reason() == errc::too_many_logins);
        CHECK(third.error().message().find("this browser has 2") != std::string::npos);
        CHECK(third.error().hint().has_value());
        CHECK(third.error().retry_after() == 600s);
        CHECK(f.provider->begun == 2);
        CHECK(f.begin(binding, "/2").has_value()); // the one it has
        CHECK(f.status(second) == login_status::granted);
        CHECK(f.begin(binding, "/3"));
    }
    SUBCASE("of all")
    {
        const login first = f.begin().value();
        REQUIRE(f.begin());
        REQUIRE(f.begin());
        const auto fourth = f.begin();
        REQUIRE_FALSE(fourth);
        CHECK(fourth.error().reason() == errc::too_many_logins);
        CHECK(fourth.error().message().find("3 logins are pending") != std::string::npos);
        CHECK(f.provider->begun == 3);
        CHECK(f.logins->counts().refused == 1);
        CHECK(f.events.back() == "too_many_logins");
        CHECK(f.status(first) == login_status::granted);
        CHECK(f.begin());
    }
    SUBCASE("and first legs in flight count")
    {
        f.provider->begins.hold();
        std::vector<testing::promised<login>> all;
        for (int i = 0; i < 5; ++i)
            all.push_back(f.start(f.logins->begin(browser_binding::random(), login_request())));
        f.poll();
        CHECK(f.provider->begun == 3);
        CHECK(all[3].failure() == errc::too_many_logins);
        CHECK(all[4].failure() == errc::too_many_logins);
        f.provider->begin_fails = error(errc::timeout);
        f.provider->begins.open();
        f.poll();
        CHECK(all[0].failure() == errc::timeout);
        f.provider->begin_fails.reset();
        for (int i = 0; i < 3; ++i)
            CHECK(f.begin()); // their places were given back
    }
    SUBCASE("and so do those of the browser")
    {
        f.provider->begins.hold();
        std::vector<testing::promised<login>> all;
        for (int i = 0; i < 3; ++i) {
            login_request request;
            request.return_to = std::to_string(i);
            all.push_back(f.start(f.logins->begin(binding, request)));
        }
        f.poll();
        CHECK(f.provider->begun == 2);
        CHECK(all[2].failure() == errc::too_many_logins);
        f.provider->begins.open();
        f.poll();
        CHECK(f.pending() == 2);
    }
}
