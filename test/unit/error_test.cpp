#include <coauth/error.hpp>
#include <coauth/system_failure.hpp>

#include <set>

using namespace coauth;

TEST_CASE("error: every code has a name, a text and a fault")
{
    std::set<std::string_view> names;
    for (int value = 1; value <= static_cast<int>(errc::sealed_record); ++value) {
        const auto code = static_cast<errc>(value);
        names.insert(name(code));
        CHECK(make_error_code(code).message() != "unknown error");
    }
    CHECK(names.size() == 37);
    CHECK(name(errc::callback_not_confirmed) == "callback_not_confirmed");
    CHECK(whose_fault(errc::timeout) == fault::network);
    CHECK(whose_fault(errc::clock_skew) == fault::caller);
    CHECK(whose_fault(errc::denied) == fault::login);
    CHECK(make_error_code(static_cast<errc>(999)).message() == "unknown error");
}

TEST_CASE("error: an error says what happened, what the provider said, and what to do")
{
    const error e = error(errc::invalid_credentials, "the provider refused the signature")
                        .with_http_status(401)
                        .with_provider(32, "Could not\r\nauthenticate you.")
                        .with_hint("check the consumer secret")
                        .with_retry_after(std::chrono::seconds(9));
    CHECK(std::string(e.what()) == "the provider refused the signature (the provider says: 32 Could not  authenticate "
                                   "you.); check the consumer secret");
    CHECK(e.reason() == errc::invalid_credentials);
    CHECK(e.code() == errc::invalid_credentials);
    CHECK(e.http_status() == 401);
    CHECK(e.provider_code() == 32);
    CHECK(e.hint() == "check the consumer secret");
    CHECK(e.retry_after() == std::chrono::seconds(9));
    CHECK(std::string(error(errc::timeout).what()) == "the deadline passed");
    CHECK(error(errc::provider_error).with_provider({}, std::string(1000, 'x')).provider_message().size() < 250);
}

TEST_CASE("error: OAuth 2's code of a refusal is text, shortened and on one line")
{
    const error e = error(errc::token_revoked).with_provider_error("invalid_grant").with_provider({}, "token\nunknown");
    CHECK(e.provider_error() == "invalid_grant");
    CHECK(e.provider_message() == "token unknown");
    CHECK_FALSE(e.provider_code());
    CHECK(std::string(e.what()) ==
          "the access token is no longer valid (the provider says: invalid_grant token unknown)");
    CHECK(describe(e).find("the provider said: invalid_grant token unknown\n") != std::string::npos);
    CHECK(
        describe(error(errc::denied).with_provider_error("access_denied")).find("access_denied") != std::string::npos);
    CHECK(error(errc::denied).provider_error().empty());
    CHECK(error(errc::denied).with_provider_error("a\x1b[1m\xff\xc2\x9f").provider_error() == "a [1m\xef\xbf\xbd ");
    CHECK(error(errc::denied).with_provider_error(std::string(5000, 'x')).provider_error().size() < 250);
}

TEST_CASE("result: throws its error")
{
    const result<int> r = error(errc::not_found, "no such user");
    try {
        r.value();
        FAIL("no exception");
    } catch (const error& e) {
        CHECK(e.message() == "no such user");
    }
    CHECK_THROWS_AS(r.value(), boost::system::system_error);
}

TEST_CASE("system_failure: what the operating system refuses is a typed error with a hint")
{
    namespace reasons = boost::system::errc;
    const auto failure = [](reasons::errc_t reason) { return system_failure("starting", make_error_code(reason)); };
    CHECK(failure(reasons::too_many_files_open).reason() == errc::invalid_argument);
    CHECK(failure(reasons::too_many_files_open).message() == "starting failed: Too many open files");
    CHECK(failure(reasons::too_many_files_open).hint()->find("ulimit -n") != std::string::npos);
    CHECK(failure(reasons::too_many_files_open_in_system).hint()->find("fs.file-max") != std::string::npos);
    CHECK(failure(reasons::not_enough_memory).hint()->find("memory") != std::string::npos);
    CHECK(failure(reasons::io_error).hint()->find("ulimit -a") != std::string::npos);
    CHECK(random_failure().hint());
    CHECK(shortage_hint(make_error_code(reasons::connection_refused)).empty());
}

TEST_CASE("system_failure: only Boost's own errors are made typed")
{
    CHECK(typed_failures("starting", [] { return 7; }) == 7);
    const auto thrown = [](auto make) -> std::string {
        try {
            typed_failures("starting", make);
        } catch (const error& e) {
            return e.message();
        } catch (const std::exception& e) {
            return std::string("untyped: ") + e.what();
        }
        return "nothing";
    };
    const auto files = make_error_code(boost::system::errc::too_many_files_open);
    CHECK(thrown([&] { throw boost::system::system_error(files, "epoll"); }) == "starting failed: Too many open files");
    CHECK(thrown([] { throw error(errc::denied, "as it was"); }) == "as it was");
    CHECK(thrown([] { throw std::runtime_error("other"); }) == "untyped: other");
}
