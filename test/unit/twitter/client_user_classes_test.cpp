// What a user's transport, clock or nonce throws.
#include "fake_provider.hpp"

#include <boost/asio/error.hpp>

#include <functional>
#include <new>
#include <stdexcept>
#include <utility>

using namespace coauth;
using namespace coauth::twitter;
using namespace coauth::twitter::testing;

namespace {

// Throws from the call or from its coroutine.
class throwing_transport final : public http::transport {
public:
    boost::asio::awaitable<http::response> send(http::request) override
    {
        if (in_the_call)
            raise();
        return later(*this);
    }

    bool in_the_call = false;
    std::function<void()> raise;

private:
    static boost::asio::awaitable<http::response> later(throwing_transport& self)
    {
        self.raise();
        co_return http::response();
    }
};

} // namespace

TEST_CASE("client: any exception of a transport, a clock or a nonce is a typed error")
{
    using boost::system::system_error;
    const std::vector<std::pair<std::function<void()>, errc>> thrown = {
        {[] { throw error(errc::connect_failed); }, errc::connect_failed},
        {[] { throw std::runtime_error("a bug"); }, errc::provider_error},
        {[] { throw 7; }, errc::provider_error},
        {[] { throw std::bad_alloc(); }, errc::provider_error},
        {[] { throw system_error(make_error_code(boost::asio::error::operation_aborted)); }, errc::provider_error},
        {[] { throw system_error(make_error_code(boost::asio::error::connection_reset)); }, errc::connection_lost},
    };
    for (const auto& [raise, reason] : thrown)
        for (const bool in_the_call : {false, true}) {
            client_fixture b;
            const auto wire = std::make_shared<throwing_transport>();
            wire->raise = raise;
            wire->in_the_call = in_the_call;
            const client c(wire, oauth1::consumer("key", secret("s")), b.options);
            CHECK(run(c.for_user(b.user).me()).error().reason() == reason);
            CHECK(run(c.request_token("oob")).error().reason() == reason);
            CHECK(run(c.for_user(b.user).post_tweet("hi")).error().reason() == reason);
            CHECK(run(c.for_user(b.user).profiles(std::vector<user_ref>(1, "ann"))).error().reason() == reason);
        }

    client_fixture b;
    b.options.nonce = []() -> std::string { throw 7; };
    CHECK(run(b.make().for_user(b.user).me()).error().reason() == errc::invalid_argument);

    class throwing_clock final : public coauth::clock {
    public:
        std::chrono::system_clock::time_point now() const override { throw 7; }
        std::chrono::steady_clock::time_point steady_now() const override { throw 7; }
        boost::asio::awaitable<void> sleep_for(std::chrono::milliseconds) override { throw 7; }
    };
    client_fixture without_time;
    without_time.options.clock = std::make_shared<throwing_clock>();
    without_time.wire->respond(200, R"({"data":{"id":"7","username":"ann","name":"Ann"}})");
    CHECK(run(without_time.make().for_user(without_time.user).profile("ann")));
}
