// What begins share, and what they are refused for.
#include "unit/session/logins/login_bench.hpp"

using namespace std::chrono_literals;
using namespace coauth;
using testing::login_bench;

TEST_CASE("a browser that begins again at once gets the login it has")
{
    login_bench b;
    const login first = b.begin().value();
    b.pass(1s);
    const login second = b.begin(first.binding).value();
    CHECK(second.url == first.url);
    CHECK(second.binding.reveal() == first.binding.reveal());
    CHECK(second.awaited() == first.awaited());
    CHECK(b.provider->begun == 1);
    CHECK(b.logins->counts().begun == 1);
    CHECK(b.logins->counts().shared == 1);

    SUBCASE("but not later")
    {
        b.pass(1ms);
        CHECK(b.begin(first.binding).value().url != first.url);
        CHECK(b.living() == 2); // of two tabs, each with a login of its own
    }
    SUBCASE("but not for another return_to")
    {
        CHECK(b.begin(first.binding, "/elsewhere").value().url != first.url);
    }
    SUBCASE("but not in another browser")
    {
        CHECK(b.begin(browser_binding::random()).value().url != first.url);
    }
    SUBCASE("but not once the callback came")
    {
        CHECK(b.status(first) == login_status::granted);
        CHECK(b.begin(first.binding).value().url != first.url);
    }
    CHECK(b.provider->begun == 2);
}

TEST_CASE("a login shared by a browser whose handle is gone expires when it would have")
{
    login_bench b;
    browser_binding binding;
    {
        const login first = b.begin().value();
        binding = first.binding;
    }
    b.pass(900ms);
    const login again = b.begin(binding).value();
    CHECK(b.provider->begun == 1);
    const auto waiting = b.start(b.logins->wait(again));
    b.pass(10min - 900ms - 1ms);
    CHECK_FALSE(waiting.done());
    b.pass(1ms);
    CHECK(waiting.value().value().status == login_status::expired);
}

TEST_CASE("without sharing each begin is a login of its own")
{
    session_options options;
    options.share_login_for = 0ms;
    login_bench b(options);
    const auto binding = browser_binding::random();
    b.provider->begins.hold();
    const auto first = b.start(b.logins->begin(binding, login_request()));
    const auto second = b.start(b.logins->begin(binding, login_request()));
    b.poll();
    b.provider->begins.open();
    b.poll();
    CHECK(first.value().value().url != second.value().value().url);
    CHECK(b.begin(binding).value().url != first.value().value().url);
}

TEST_CASE("begins of one browser share a first leg that is under way")
{
    login_bench b;
    const auto binding = browser_binding::random();
    b.provider->begins.hold();
    login_request ask_again;
    ask_again.ask_again = true;
    const auto leader = b.start(b.logins->begin(binding, login_request()));
    const auto follower = b.start(b.logins->begin(binding, ask_again));
    const auto stranger = b.start(b.logins->begin(browser_binding::random(), login_request()));
    b.poll();
    CHECK(b.provider->begun == 2);

    SUBCASE("and its success")
    {
        b.provider->begins.open();
        b.poll();
        CHECK(login_bench::token_of(leader.value().value()) == login_bench::token_of(follower.value().value()));
        CHECK(follower.value().value().url.find("/authorize") != std::string::npos);
        CHECK(leader.value().value().awaited() == follower.value().value().awaited());
        CHECK(b.logins->counts().shared == 1);
    }
    SUBCASE("and its failure")
    {
        b.provider->begin_fails = error(errc::provider_unavailable, "down");
        b.provider->begins.open();
        b.poll();
        CHECK(leader.failure() == errc::provider_unavailable);
        CHECK(follower.failure() == errc::provider_unavailable);
        CHECK(b.logins->counts().failed == 2); // with the stranger's
        CHECK(b.logins->counts().shared == 0);
        b.provider->begin_fails.reset();
        CHECK(b.begin(binding));
    }
    SUBCASE("whoever leaves it")
    {
        leader.signal().emit(boost::asio::cancellation_type::terminal);
        b.poll();
        CHECK(leader.failure() == errc::cancelled);
        CHECK_FALSE(follower.done());
        b.provider->begins.open();
        b.poll();
        CHECK(follower.value().has_value());
    }
    SUBCASE("even if all leave: the login is there for whoever comes back")
    {
        leader.signal().emit(boost::asio::cancellation_type::total);
        follower.signal().emit(boost::asio::cancellation_type::partial);
        b.poll();
        CHECK(leader.failure() == errc::cancelled);
        CHECK(follower.failure() == errc::cancelled);
        b.provider->begins.open();
        b.poll();
        CHECK(b.begin(binding, "").has_value());
    }
    CHECK(b.provider->begun <= 3);
    CHECK(stranger.done());
}

TEST_CASE("a browser in a hurry for too long begins anew beside a first leg that hangs")
{
    login_bench b;
    const auto binding = browser_binding::random();
    b.provider->begins.hold();
    const auto first = b.start(b.logins->begin(binding, login_request()));
    b.pass(1s + 1ms);
    const auto second = b.start(b.logins->begin(binding, login_request()));
    b.poll();
    CHECK(b.provider->begun == 2);
    b.provider->begins.open();
    b.poll();
    CHECK(first.value().value().url != second.value().value().url);
}

TEST_CASE("at a cap a login is refused before it costs a request token")
{
    session_options options;
    options.login_limits.max_pending = 3;
    options.login_limits.max_per_browser = 2;
    login_bench b(options);
    const auto binding = browser_binding::random();

    SUBCASE("of the browser")
    {
        REQUIRE(b.begin(binding, "/1"));
        const login second = b.begin(binding, "/2").value();
        const auto third = b.begin(binding, "/3");
        REQUIRE_FALSE(third);
        CHECK(third.error().reason() == errc::too_many_logins);
        CHECK(third.error().message().find("this browser has 2") != std::string::npos);
        CHECK(third.error().hint().has_value());
        CHECK(third.error().retry_after() == 600s);
        CHECK(b.provider->begun == 2);
        CHECK(b.begin(binding, "/2").has_value()); // the one it has
        CHECK(b.status(second) == login_status::granted);
        CHECK(b.begin(binding, "/3"));
    }
    SUBCASE("of all")
    {
        const login first = b.begin().value();
        REQUIRE(b.begin());
        REQUIRE(b.begin());
        const auto fourth = b.begin();
        REQUIRE_FALSE(fourth);
        CHECK(fourth.error().reason() == errc::too_many_logins);
        CHECK(fourth.error().message().find("3 logins are pending") != std::string::npos);
        CHECK(b.provider->begun == 3);
        CHECK(b.logins->counts().refused == 1);
        CHECK(b.told.back() == "too_many_logins");
        CHECK(b.status(first) == login_status::granted);
        CHECK(b.begin());
    }
    SUBCASE("and first legs under way count")
    {
        b.provider->begins.hold();
        std::vector<testing::promised<login>> all;
        for (int i = 0; i < 5; ++i)
            all.push_back(b.start(b.logins->begin(browser_binding::random(), login_request())));
        b.poll();
        CHECK(b.provider->begun == 3);
        CHECK(all[3].failure() == errc::too_many_logins);
        CHECK(all[4].failure() == errc::too_many_logins);
        b.provider->begin_fails = error(errc::timeout);
        b.provider->begins.open();
        b.poll();
        CHECK(all[0].failure() == errc::timeout);
        b.provider->begin_fails.reset();
        for (int i = 0; i < 3; ++i)
            CHECK(b.begin()); // their places were given back
    }
    SUBCASE("and so do those of the browser")
    {
        b.provider->begins.hold();
        std::vector<testing::promised<login>> all;
        for (int i = 0; i < 3; ++i) {
            login_request how;
            how.return_to = std::to_string(i);
            all.push_back(b.start(b.logins->begin(binding, how)));
        }
        b.poll();
        CHECK(b.provider->begun == 2);
        CHECK(all[2].failure() == errc::too_many_logins);
        b.provider->begins.open();
        b.poll();
        CHECK(b.living() == 2);
    }
}
