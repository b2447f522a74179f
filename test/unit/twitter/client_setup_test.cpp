// Proxies that change responses, and keys that were copied badly.
#include "fake_provider.hpp"

#include <coauth/oauth1/credentials.hpp>

using namespace coauth;
using namespace coauth::twitter;
using namespace coauth::twitter::testing;

TEST_CASE("client: a response in an encoding that was not asked for is named as one")
{
    for (const char* encoding : {"gzip", "br", "deflate, gzip"}) {
        client_fixture b;
        b.wire->respond(200, "\x1f\x8b\x08").header("content-encoding", encoding);
        const auto refused = run(b.make().for_user(b.user).me());
        REQUIRE_FALSE(refused);
        CHECK(refused.error().reason() == errc::malformed_response);
        CHECK(refused.error().message().find(std::string("Content-Encoding ") + encoding) != std::string::npos);
        CHECK(refused.error().hint().value().find("proxy") != std::string::npos);
    }
    for (const char* encoding : {"identity", "Identity"}) {
        client_fixture b;
        b.wire->respond(200, R"({"data":{"id":"7","name":"A","username":"ann"}})").header("content-encoding", encoding);
        CHECK(run(b.make().for_user(b.user).me()));
    }
    // What refuses has said enough by its status, and garbage is not shown as its words.
    client_fixture b;
    b.wire->respond(503, "\x1f\x8b\x08").header("content-encoding", "gzip");
    b.options.retry_budget = std::chrono::milliseconds(0);
    const auto busy = run(b.make().for_user(b.user).me());
    REQUIRE_FALSE(busy);
    CHECK(busy.error().reason() == errc::provider_unavailable);
    CHECK(busy.error().provider_message().empty());
}

TEST_CASE("client: keys with quotes or blanks around them are refused before a byte is sent")
{
    for (const std::string odd : {"\"key\"", "'key'", " key", "key ", "\u00a0key", "key\u00a0", "\ufeffkey",
             "\u201ckey\u201d", "\u2018key\u2019", "\"\""}) {
        CAPTURE(odd);
        client_fixture b;
        CHECK_THROWS_AS(client(b.wire, oauth1::consumer(odd, secret("s"))), error);
        CHECK_THROWS_AS(client(b.wire, oauth1::consumer("key", secret(odd))), error);
    }
    client_fixture b;
    CHECK_NOTHROW(client(b.wire, oauth1::consumer("k\"e y'", secret("\"s"))));
}
