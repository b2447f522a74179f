#include "raw_client.hpp"

#include <coauth/error.hpp>
#include <coauth/oauth1/callback.hpp>

#include <boost/json.hpp>

#include <doctest/doctest.h>

#include <atomic>
#include <filesystem>
#include <mutex>

using namespace sandbox_test;

namespace {

const std::string form = "Content-Type: application/x-www-form-urlencoded\r\n";

bool has(const std::string& text, std::string_view part)
{
    return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("sandbox over TLS: three legs by PIN and a profile, in both modes")
{
    for (const auto m : {sandbox::mode::strict, sandbox::mode::x}) {
        sandbox::options o;
        o.mode = m;
        running_sandbox running(o);
        const auto login = oauth1::parse_request_token_reply(body_of(leg1(*running, "oob"))).value();
        CHECK(status_of(plain(*running, "GET", "/oauth/authorize?oauth_token=" + login.token())) == 200);
        const auto page =
            plain(*running, "POST", "/oauth/authorize", form, "user=user_2&allow=1&oauth_token=" + login.token());
        const auto pin = between(page, "<code>", "</code>");
        CHECK(pin.size() == 7);
        const auto granted = leg3(*running, login, pin);
        REQUIRE(status_of(granted) == 200);
        const auto access = oauth1::parse_access_token_reply(body_of(granted)).value();
        const oauth1::signer signer(running->consumer(), access);
        const auto me = signed_exchange(*running, signer, "GET", "/2/users/me");
        CHECK(has(body_of(me), "\"username\":\"user_2\""));
        const auto show = signed_exchange(*running, signer, "GET", "/1.1/users/show.json?screen_name=user_2");
        CHECK(has(body_of(show), "\"screen_name\":\"user_2\""));
        CHECK(status_of(leg3(*running, login, pin)) == 401);
    }
}

TEST_CASE("sandbox over TLS: three legs by callback, approved without asking")
{
    sandbox::options o;
    o.auto_approve = "";
    running_sandbox running(o);
    const auto login = oauth1::parse_request_token_reply(body_of(leg1(*running, "http://127.0.0.1:1/cb?a=b"))).value();
    const auto redirect = plain(*running, "GET", "/oauth/authenticate?oauth_token=" + login.token());
    CHECK(status_of(redirect) == 302);
    const auto query = between(redirect, "Location: http://127.0.0.1:1/cb?", "\r\n");
    const auto back = oauth1::parse_callback(query).value();
    CHECK(back.belongs_to(login));
    CHECK(back.extra.size() == 1);
    CHECK(status_of(leg3(*running, login, std::string(back.verifier.reveal()))) == 200);
}

TEST_CASE("sandbox over TLS: a token can be had without a login")
{
    running_sandbox running;
    const oauth1::signer signer(running->consumer(), running->issue_access_token("USER_4"));
    CHECK(has(signed_exchange(*running, signer, "GET", "/2/users/me"), "user_4"));
    CHECK_THROWS_AS(running->issue_access_token("absent"), coauth::error);
}

TEST_CASE("sandbox over TLS: faults break the connection in the way they say")
{
    running_sandbox running;
    running->set_faults(R"([{"route":"/","action":"drop"},{"route":"/","nth":2,"action":"truncate"},
                            {"route":"/","nth":3,"action":"garbage"},{"route":"/","nth":4,"delay_ms":1}])");
    CHECK(plain(*running, "GET", "/") == "");
    const auto cut = plain(*running, "GET", "/");
    CHECK(status_of(cut) == 200);
    const auto announced = std::stoul(between(cut, "Content-Length: ", "\r\n"));
    CHECK(body_of(cut).size() == announced / 2);
    CHECK_FALSE(plain(*running, "GET", "/").starts_with("HTTP"));
    CHECK(status_of(plain(*running, "GET", "/")) == 200);
    CHECK_THROWS_AS(running->set_faults("["), coauth::error);
}

TEST_CASE("sandbox over TLS: the clock is moved from outside, and every response has it")
{
    running_sandbox running;
    CHECK(status_of(leg1(*running, "oob")) == 200);
    CHECK(has(control(*running, "POST", "/clock", R"({"skew":7200})"), "200 OK"));
    const auto refused = leg1(*running, "oob");
    CHECK(status_of(refused) == 401);
    CHECK(has(refused, "\"code\":135"));
    CHECK(between(refused, "Date: ", "\r\n").size() == 29);
    running->set_clock_skew(std::chrono::seconds(0));
    CHECK(status_of(leg1(*running, "oob")) == 200);
}

TEST_CASE("sandbox over TLS: an expired login gets its own error")
{
    sandbox::options o;
    o.timestamp_window = std::chrono::seconds(5000);
    o.auto_approve = "";
    running_sandbox running(o);
    const auto login = oauth1::parse_request_token_reply(body_of(leg1(*running, "oob"))).value();
    const auto pin =
        between(plain(*running, "GET", "/oauth/authorize?oauth_token=" + login.token()), "<code>", "</code>");
    running->set_clock_skew(std::chrono::seconds(901));
    CHECK(status_of(leg3(*running, login, pin)) == 401);
    CHECK(has(running->journal(), "too old"));
}

TEST_CASE("sandbox control: shows the requests seen, and takes commands")
{
    running_sandbox running;
    auto& p = *running;
    leg1(p, "oob");
    const oauth1::consumer wrong(p.consumer().key(), coauth::secret("wrong"));
    oauth1::parameters oob;
    oob.emplace_back("oauth_callback", "oob");
    signed_exchange(p, oauth1::signer(wrong), "POST", "/oauth/request_token", oob);

    const auto journal = boost::json::parse(body_of(control(p, "GET", "/journal"))).as_array();
    REQUIRE(journal.size() == 2);
    CHECK(journal[0].at("status") == 200);
    CHECK(journal[1].at("status") == 401);
    CHECK(journal[1].at("refused") == "bad_signature");
    CHECK(journal[1].at("explanation").as_string().size() > 10);
    const auto counters = boost::json::parse(body_of(control(p, "GET", "/counters")));
    CHECK(counters.at("routes").at("/oauth/request_token").at("calls") == 2);

    CHECK(status_of(control(p, "POST", "/faults", R"([{"route":"*","times":0,"status":503}])")) == 200);
    CHECK(status_of(plain(p, "GET", "/")) == 503);
    CHECK(status_of(control(p, "POST", "/reset")) == 200);
    CHECK(status_of(plain(p, "GET", "/")) == 200);
    CHECK(boost::json::parse(p.counters()).at("requests") == 1);

    struct {
        const char* method;
        const char* path;
        const char* body;
        int status;
    } const refused[] = {
        {"GET", "/", "", 404},
        {"POST", "/journal", "", 405},
        {"GET", "/reset", "", 405},
        {"POST", "/clock", "", 400},
        {"POST", "/clock", "{}", 400},
        {"POST", "/clock", R"({"skew":"1"})", 400},
        {"POST", "/clock", R"({"skew":1e99})", 400},
        {"POST", "/clock", R"({"skew":99999999999999})", 400},
        {"POST", "/faults", "{}", 400},
        {"POST", "/faults", R"([{"route":"/nope"}])", 400},
    };
    for (const auto& c : refused) {
        CAPTURE(std::string(c.path));
        CAPTURE(std::string(c.body));
        CHECK(status_of(control(p, c.method, c.path, c.body)) == c.status);
    }
}

TEST_CASE("sandbox control: takes calls by a name of this machine only")
{
    running_sandbox running;
    const std::pair<std::string, int> table[] = {{"localhost", 200}, {"LOCALHOST:1234", 200}, {"127.0.0.1:1", 200},
        {"[::1]:1", 200}, {"[::1]", 200}, {"evil.example", 403}, {"evil.example:80", 403},
        {"127.0.0.1.evil.example", 403}, {"localhost.evil.example", 403}, {"[2001:db8::1]", 403}};
    for (const auto& [host, status] : table) {
        const auto& shown = host;
        CAPTURE(shown);
        asio::io_context io;
        asio::ip::tcp::socket socket(io);
        socket.connect(endpoint_of(running->control_url()));
        asio::write(socket, asio::buffer("GET /journal HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n"));
        CHECK(status_of(read_all(socket)) == status);
    }
}

TEST_CASE("sandbox: beyond loopback with expose only, and its URL and certificate are for programs beside it")
{
    sandbox::options o;
    o.address = "0.0.0.0";
    CHECK_THROWS_AS(running_sandbox{o}, coauth::error);
    o.expose = true;
    running_sandbox running(o);
    CHECK(running->url().starts_with("https://127.0.0.1:"));
    CHECK(running->control_url().starts_with("http://127.0.0.1:"));
    CHECK(status_of(plain(*running, "GET", "/")) == 200);
}

TEST_CASE("sandbox: the log gets one line a request, and may ask the provider back")
{
    std::mutex guard;
    std::vector<std::string> lines;
    sandbox::provider* observed = nullptr;
    sandbox::options o;
    o.log = [&](std::string_view line) {
        const std::lock_guard hold(guard);
        if (observed)
            observed->counters();
        lines.emplace_back(line);
    };
    running_sandbox running(o);
    {
        const std::lock_guard hold(guard);
        observed = &*running;
    }
    plain(*running, "GET", "/nope?oauth_token=abcdefghijklmnop");
    const std::lock_guard hold(guard);
    REQUIRE(lines.size() == 1);
    CHECK(has(lines[0], "GET /nope?oauth_token=abcd... 404"));
}

TEST_CASE("sandbox: its temporary folder goes away with it")
{
    std::string ca;
    {
        running_sandbox running;
        ca = running->ca_file();
        CHECK(std::filesystem::exists(ca));
    }
    CHECK_FALSE(std::filesystem::exists(ca));
    CHECK_FALSE(std::filesystem::exists(std::filesystem::path(ca).parent_path()));
}

TEST_CASE("sandbox: listens on loopback only, and says when a port is taken")
{
    asio::io_context io;
    const auto refused = [&](const std::string& address, std::uint16_t port) {
        sandbox::options o;
        o.address = address;
        o.port = port;
        try {
            sandbox::provider p(io.get_executor(), o);
        } catch (const coauth::error& e) {
            return e.reason() == coauth::errc::invalid_argument;
        }
        return false;
    };
    CHECK(refused("0.0.0.0", 0));
    CHECK(refused("::", 0));
    CHECK(refused("192.0.2.1", 0));
    CHECK(refused("localhost", 0));
    sandbox::provider first(io.get_executor());
    CHECK(refused("127.0.0.1", endpoint_of(first.url()).port()));
    CHECK_FALSE(refused("127.0.0.1", 0));
}

TEST_CASE("sandbox: many clients at once on several threads")
{
    sandbox::options o;
    o.auto_approve = "";
    running_sandbox running(o, 2);
    std::vector<std::thread> clients;
    std::atomic<int> done = 0;
    for (int i = 0; i < 4; ++i)
        clients.emplace_back([&] {
            for (int j = 0; j < 5; ++j) {
                const auto login = oauth1::parse_request_token_reply(body_of(leg1(*running, "oob"))).value();
                const auto page = plain(*running, "GET", "/oauth/authorize?oauth_token=" + login.token());
                done += status_of(leg3(*running, login, between(page, "<code>", "</code>"))) == 200;
                running->counters();
            }
        });
    for (auto& c : clients)
        c.join();
    CHECK(done == 20);
}
