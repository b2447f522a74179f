#include "http/tls_sessions.hpp"
#include "unit/session/manual_clock.hpp"

#include <doctest/doctest.h>
#include <openssl/ssl.h>

#include <string>
#include <vector>

using namespace coauth;
using namespace std::chrono_literals;
using http::tls_session;
using http::tls_sessions;

namespace {

http::origin session_origin(std::string host, std::uint16_t port = 443)
{
    http::origin to;
    to.host = std::move(host);
    to.port = port;
    return to;
}

/// Sessions that differ in their time, which nothing reads, so that a test can tell them apart.
struct sessions_fixture {
    explicit sessions_fixture(std::size_t max_per_origin = 3) : sessions(max_per_origin, clock) {}

    void keep(const http::origin& to, long mark, std::chrono::seconds certificate = 24h)
    {
        tls_session made;
        made.handle.reset(SSL_SESSION_new());
        SSL_SESSION_set_time(made.handle.get(), mark);
        made.verified = clock->steady_now();
        made.certificate_end = std::chrono::floor<std::chrono::seconds>(clock->now()) + certificate;
        sessions.keep(to, std::move(made));
    }

    /// 0: none.
    long take(const http::origin& to)
    {
        const auto taken = sessions.take(to);
        return taken ? SSL_SESSION_get_time(taken->handle.get()) : 0;
    }

    std::vector<long> take_all(const http::origin& to)
    {
        std::vector<long> all;
        while (const long mark = take(to))
            all.push_back(mark);
        return all;
    }

    const std::shared_ptr<testing::manual_clock> clock = std::make_shared<testing::manual_clock>();
    tls_sessions sessions;
};

} // namespace

TEST_CASE("tls_sessions: each is taken once, the newest first, and of one origin only the newest are kept")
{
    sessions_fixture f;
    const auto to = session_origin("api.example");
    CHECK(f.take(to) == 0);
    for (const long mark : {1, 2, 3, 4, 5})
        f.keep(to, mark);
    CHECK(f.take_all(to) == std::vector<long>{5, 4, 3});
    f.keep(to, 6);
    CHECK(f.take_all(to) == std::vector<long>{6});
}

TEST_CASE("tls_sessions: none is given for another host or port")
{
    sessions_fixture f;
    f.keep(session_origin("api.example"), 1);
    for (const auto& other : {session_origin("api.example", 444), session_origin("example"),
             session_origin("a.api.example"), session_origin("api.example."), session_origin("127.0.0.1")})
        CHECK(f.take(other) == 0);
    CHECK(f.take(session_origin("api.example")) == 1);
}

TEST_CASE("tls_sessions: none is given an hour after its certificate was verified, or past the certificate's end")
{
    struct row {
        std::chrono::seconds certificate;
        std::chrono::milliseconds waited;
        bool given;
    };
    for (const row& row : {row{24h, 0ms, true}, row{24h, 1h - 1ms, true}, row{24h, 1h, false}, row{60s, 59'999ms, true},
             row{60s, 60s, false}, row{0s, 0ms, false}, row{-60s, 0ms, false}, row{250'000'000'000s, 0ms, true}}) {
        CAPTURE(row.certificate.count());
        CAPTURE(row.waited.count());
        sessions_fixture f;
        const auto to = session_origin("api.example");
        f.keep(to, 1, row.certificate);
        f.clock->advance(row.waited);
        CHECK(f.take(to) == (row.given ? 1 : 0));
    }
    sessions_fixture f; // the newest need not be the one that counts longest
    const auto to = session_origin("api.example");
    f.keep(to, 1);
    f.keep(to, 2, 10s);
    f.clock->advance(10s);
    CHECK(f.take_all(to) == std::vector<long>{1});
}

TEST_CASE("tls_sessions: those of 32 origins are kept; a further one replaces the one that was used longest ago")
{
    sessions_fixture f;
    const auto nth = [](std::size_t n) { return session_origin("h" + std::to_string(n)); };
    for (std::size_t n = 0; n < tls_sessions::max_origins; ++n) {
        f.keep(nth(n), 1);
        f.clock->advance(1s);
    }
    f.keep(nth(0), 2);
    f.clock->advance(1s);
    f.keep(nth(100), 3);
    CHECK(f.take(nth(100)) == 3);
    CHECK(f.take(nth(1)) == 0);
    CHECK(f.take_all(nth(0)) == std::vector<long>{2, 1});
    for (std::size_t n = 2; n < tls_sessions::max_origins; ++n)
        CHECK(f.take(nth(n)) == 1);
}

TEST_CASE("tls_sessions: a failed handshake removes those of its origin, and a closed pool all")
{
    sessions_fixture f;
    const auto a = session_origin("a.example");
    const auto b = session_origin("b.example");
    f.keep(a, 1);
    f.keep(a, 2);
    f.keep(b, 3);
    f.sessions.remove(a);
    CHECK(f.take(a) == 0);
    f.keep(a, 4);
    f.sessions.clear();
    CHECK(f.take(a) == 0);
    CHECK(f.take(b) == 0);
}
