// Any exception of a user's class ends the call that met it with a typed error, and no other call.
#include "unit/session/user_class_fixture.hpp"

using namespace coauth;
using namespace coauth::testing;

namespace {

struct user_class_operation {
    const char* name;
    std::function<void(user_class_fixture&)> act;
};

std::vector<user_class_operation> user_class_operations()
{
    using fixture = user_class_fixture;
    return {
        {"begin_login", [](fixture& f) { f.start(f.sut->begin_login(browser_binding())); }},
        {"begin_login, shared",
            [](fixture& f) {
                f.start(f.sut->begin_login(f.begun->binding));
                f.start(f.sut->begin_login(f.begun->binding));
            }},
        {"wait, then complete_login",
            [](fixture& f) {
                f.start(f.sut->wait(*f.begun));
                f.start(f.sut->complete_login(f.callback(), f.begun->binding));
            }},
        {"wait, expired", [](fixture& f) { f.start(f.sut->wait(*f.begun)); }},
        {"add_user", [](fixture& f) { f.start(f.sut->add_user("ann", echo_provider::token_of("ann"))); }},
        {"sign_out", [](fixture& f) { f.start(f.sut->sign_out("ann")); }},
        {"sign_out, revoke", [](fixture& f) { f.start(f.sut->sign_out("ann", session::at_provider::revoke)); }},
        {"profile", [](fixture& f) { f.start(f.sut->profile("ann", "jack")); }},
        {"me", [](fixture& f) { f.start(f.sut->me("ann")); }},
        {"call", [](fixture& f) { f.start(f.sut->call("ann", http::request(), "tweets")); }},
        {"profiles", [](fixture& f) { f.start(f.sut->profiles("ann", std::vector<coauth::user_ref>(2, "jack"))); }},
        {"call with a credential to renew",
            [](fixture& f) {
                const auto now = std::chrono::floor<std::chrono::seconds>(f.clock->now());
                f.start(f.sut->add_user("ann", credential(secret("token-of-ann"), now - 90s, now + 10s, true)));
                f.poll();
                f.start(f.sut->call("ann", http::request(), "tweets"));
            }},
        {"two profiles of a revoked token",
            [](fixture& f) {
                f.provider->echo->fails = [&f](std::size_t) {
                    f.provider->echo->fails = nullptr;
                    throw error(errc::token_revoked);
                };
                f.start(f.sut->profile("ann", "jack"));
                f.start(f.sut->profile("ann", "jill"));
            }},
        {"profile after a rate limit",
            [](fixture& f) {
                f.provider->echo->fails = [&f](std::size_t) {
                    f.provider->echo->fails = nullptr;
                    throw error(errc::rate_limited).with_retry_after(10s);
                };
                f.start(f.sut->profile("ann", "jack"));
            }},
    };
}

const std::vector<const char*>& awaited_methods()
{
    static const std::vector<const char*> all = {"login_store::add", "login_store::count", "login_store::take",
        "login_store::end", "login_store::expire", "token_store::find", "token_store::put", "token_store::replace_if",
        "token_store::lease", "token_store::remove", "provider::begin", "provider::finish", "provider::renew",
        "account::look_up", "account::me", "account::call", "provider::revoke"};
    return all;
}

const std::vector<const char*>& plain_methods()
{
    static const std::vector<const char*> all = {"login_store::limits", "provider::key_of", "provider::open",
        "account::directory", "clock::now", "clock::steady_now", "on_event", "chance"};
    return all;
}

// Without the test's clock, the machine's time passes.
bool needs_time(const user_class_operation& operation)
{
    return operation.name == std::string("wait, expired") ||
           operation.name == std::string("profile after a rate limit");
}

int play(const char* method, thrown_when when, const thrown_kind& thrown, const user_class_operation& operation)
{
    const std::string played = std::string(method) + " throws " + thrown.name + " in " + operation.name + " (" +
                               std::to_string(static_cast<int>(when)) + ")";
    CAPTURE(played);
    user_class_fixture f;
    f.fault->method = method;
    f.fault->when = when;
    f.fault->raise = thrown.raise;
    operation.act(f);
    f.run();
    for (const auto& call : f.calls) {
        CHECK(call->completions == 1);
        CHECK_FALSE(call->untyped);
        if (call->failure)
            CHECK(call->failure->reason() != errc::cancelled);
    }
    f.check_next_calls();
    return f.fault->raised;
}

} // namespace

TEST_CASE("session: for any exception of a store or a provider each call ends once, typed, and the next calls work")
{
    for (const char* method : awaited_methods()) {
        int raised = 0;
        for (const auto when : {thrown_when::in_the_call, thrown_when::at_once, thrown_when::a_turn_later})
            for (const thrown_kind& thrown : thrown_kinds())
                for (const user_class_operation& operation : user_class_operations())
                    if (when == thrown_when::at_once || thrown.name == std::string("int"))
                        raised += play(method, when, thrown, operation);
        CAPTURE(method);
        CHECK(raised > 0);
    }
}

TEST_CASE("session: for any exception of a clock, an event handler or another function each call ends once, typed")
{
    for (const char* method : plain_methods()) {
        int raised = 0;
        for (const thrown_kind& thrown : thrown_kinds())
            for (const user_class_operation& operation : user_class_operations())
                if (method != std::string("clock::steady_now") || !needs_time(operation))
                    raised += play(method, thrown_when::in_the_call, thrown, operation);
        CAPTURE(method);
        CHECK(raised > 0);
    }
}

TEST_CASE("session: an exception of a store in the session's constructor is typed")
{
    auto fault = std::make_shared<thrower>();
    fault->method = "login_store::watch";
    fault->raise = [] { throw 7; };
    session_options options;
    options.logins = std::make_shared<throwing_login_store>(store::memory_login_store(), fault);
    asio::io_context io;
    CHECK_THROWS_AS(session(io.get_executor(), std::make_shared<echo_provider>(), options), error);
}

TEST_CASE("session: an exception becomes the error of the class that threw it")
{
    struct expected_error {
        const char* method;
        std::function<void(user_class_fixture&)> act;
        errc reason;
        const char* message;
    };
    const std::vector<expected_error> all = {
        {"token_store::find", [](auto& f) { f.start(f.sut->sign_out("ann")); }, errc::store_unavailable,
            "internal error: the token store threw a bug"},
        {"login_store::take", [](auto& f) { f.start(f.sut->complete_login(f.callback(), f.begun->binding)); },
            errc::store_unavailable, "internal error: the login store threw a bug"},
        {"provider::finish", [](auto& f) { f.start(f.sut->complete_login(f.callback(), f.begun->binding)); },
            errc::provider_error, "internal error: the login provider threw a bug"},
        {"account::look_up", [](auto& f) { f.start(f.sut->profile("ann", "jack")); }, errc::provider_error,
            "internal error: the login provider threw a bug"},
    };
    for (const expected_error& expected : all) {
        CAPTURE(expected.method);
        user_class_fixture f;
        f.fault->method = expected.method;
        f.fault->raise = [] { throw std::runtime_error("a bug"); };
        expected.act(f);
        f.run();
        const auto& failure = f.calls.front()->failure;
        REQUIRE(failure);
        CHECK(failure->reason() == expected.reason);
        CHECK(failure->message() == expected.message);

        user_class_fixture g;
        g.fault->method = expected.method;
        g.fault->raise = [] { throw 7; };
        expected.act(g);
        g.run();
        REQUIRE(g.calls.front()->failure);
        CHECK(g.calls.front()->failure->reason() == expected.reason);
    }
}

TEST_CASE("session: a store that throws from remove leaves both callers with a revoked token their result")
{
    for (const thrown_kind& thrown : thrown_kinds()) {
        CAPTURE(thrown.name);
        user_class_fixture f;
        f.provider->echo->fails = [](std::size_t) { throw error(errc::token_revoked); };
        f.fault->method = "token_store::remove";
        f.fault->raise = thrown.raise;
        const auto first = f.start(f.sut->profile("ann", "jack"));
        const auto second = f.start(f.sut->profile("ann", "jill"));
        f.run();
        CHECK(f.fault->raised == 1);
        for (const auto& call : {first, second}) {
            CHECK(call->completions == 1);
            REQUIRE(call->failure);
            CHECK(call->failure->reason() == errc::token_revoked);
        }
    }
}

TEST_CASE("session: a clock that throws from sleep_for is replaced by the machine's for that sleep")
{
    for (const thrown_kind& thrown : thrown_kinds()) {
        CAPTURE(thrown.name);
        auto fault = std::make_shared<thrower>();
        fault->method = "clock::sleep_for";
        fault->raise = thrown.raise;
        asio::io_context io;
        auto inner = std::make_shared<manual_clock>();
        session_options options;
        options.clock = std::make_shared<throwing_clock>(inner, fault);
        options.gather_for = 1ms;
        fault->raise = [&] {
            inner->advance(1ms); // the machine's clock and this one agree
            thrown.raise();
        };
        session sut(io.get_executor(), std::make_shared<echo_provider>(), options);
        int ended = 0;
        const auto ask = [](session& on, int& count) -> asio::awaitable<void> {
            co_await on.add_user("ann", echo_provider::token_of("ann"));
            const coauth::profile found = co_await on.profile("ann", "jack");
            count += found.username == "jack";
        };
        asio::co_spawn(io, ask(sut, ended), [](const std::exception_ptr& e) { CHECK(e == nullptr); });
        CHECK_NOTHROW(io.run());
        CHECK(ended == 1);
        CHECK(fault->raised > 0);
    }
}

TEST_CASE("session: the text of a user class's exception is one short line of Unicode")
{
    const std::string odd =
        "first\nsecond\r\n\x1b[31mred\x7f \xc2\x9b caf\xc3\xa9 \xff\xe2\x82 " + std::string(3'000, 'x');
    for (const char* method : {"token_store::find", "login_store::take", "account::look_up", "provider::finish"}) {
        CAPTURE(method);
        user_class_fixture f;
        f.fault->method = method;
        f.fault->raise = [&odd] { throw std::runtime_error(odd); };
        f.start(f.sut->sign_out("ann"));
        f.start(f.sut->complete_login(f.callback(), f.begun->binding));
        f.start(f.sut->profile("bob", "jack"));
        f.run();
        int failed = 0;
        for (const auto& call : f.calls) {
            if (!call->failure || call->failure->message().find("threw") == std::string::npos)
                continue;
            ++failed;
            for (const std::string& text : {call->failure->message(), std::string(call->failure->what())}) {
                CHECK(text.size() < 400);
                CHECK(
                    text.find("threw first second   [31mred    caf\xc3\xa9 \xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd xxx") !=
                    std::string::npos);
            }
        }
        CHECK(failed > 0);
    }
}

TEST_CASE("session: what a leg in flight meets after the session was closed is not taken for a cancellation")
{
    for (const char* method : {"provider::begin", "provider::finish"}) {
        CAPTURE(method);
        user_class_fixture f;
        f.fault->method = method;
        f.fault->when = thrown_when::a_turn_later;
        f.fault->raise = [] {
            throw boost::system::system_error(make_error_code(boost::asio::error::operation_aborted));
        };
        const bool begins = method == std::string("provider::begin");
        const auto call = begins ? f.start(f.sut->begin_login(browser_binding()))
                                 : f.start(f.sut->complete_login(f.callback(), f.begun->binding));
        for (int turns = 0; turns < 100 && f.fault->raised == 0; ++turns) {
            f.io.restart();
            f.io.poll_one();
            f.sut->stop();
        }
        f.run();
        REQUIRE(f.fault->raised == 1);
        REQUIRE(call->failure);
        CHECK(call->failure->reason() == errc::provider_error);
    }
}
