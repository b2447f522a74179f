#include "fake_provider.hpp"

#include <coauth/oauth1/signer.hpp>

using namespace coauth;
using namespace coauth::twitter;
using namespace coauth::twitter::testing;

namespace {

constexpr const char* ann_v2 = R"({"data":{"id":"7","username":"Ann","name":"A"}})";
constexpr const char* ann_v1_1 = R"({"id_str":"7","screen_name":"Ann","name":"A"})";

oauth1::access_token ann()
{
    return {"7-token", secret("s"), {{"user_id", "7"}, {"screen_name", "ann"}}};
}

template <class T>
void check_refused(boost::asio::awaitable<T> operation, errc expected = errc::invalid_argument)
{
    const auto r = run(std::move(operation));
    REQUIRE_FALSE(r);
    CHECK(r.error().reason() == expected);
}

} // namespace

TEST_CASE("client: what is sent is what was signed, byte for byte")
{
    client_fixture b;
    client c = b.make();
    b.wire->respond(200, "{}");
    api_call call("get", "/2/odd%2Fpath");
    call.query = {{"q", "a b+c*(d)"}, {"caf\xc3\xa9", "\xe2\x98\x83"}, {"empty", ""}, {"a", "1"}, {"a", "2"}};
    CHECK(run(c.for_user(b.user).request(call)));
    const http::request& sent = b.wire->seen.at(0);
    CHECK(sent.method == "GET");
    CHECK(sent.target == "/2/odd%2Fpath?q=a%20b%2Bc%2A%28d%29&caf%C3%A9=%E2%98%83&empty=&a=1&a=2");
    CHECK(sent.headers.get("accept") == "application/json");

    const oauth1::signer s(oauth1::consumer("consumer-key", secret("consumer-canary")), b.user);
    const std::string url = sent.origin.url() + sent.target;
    std::string expected;
    REQUIRE(s.sign(oauth1::message("GET", url), oauth1::moment("nonce-1", 1700000000), expected));
    CHECK(sent.headers.get("authorization") == expected);
}

TEST_CASE("client: a form is signed, JSON is not")
{
    client_fixture b;
    client c = b.make();
    api_call form("POST", "/1.1/x.json");
    form.form = {{"status", "a b&c"}};
    api_call json("POST", "/2/x");
    json.json = R"({"a":1})";
    b.wire->respond(200, "{}", [](const http::request& r) {
        CHECK(r.body == "status=a%20b%26c");
        CHECK(r.headers.get("content-type") == "application/x-www-form-urlencoded");
    });
    b.wire->respond(200, "{}", [](const http::request& r) {
        CHECK(r.body == R"({"a":1})");
        CHECK(r.headers.get("content-type") == "application/json");
    });
    CHECK(run(c.for_user(b.user).request(form)));
    CHECK(run(c.for_user(b.user).request(json)));

    const oauth1::signer s(oauth1::consumer("consumer-key", secret("consumer-canary")), b.user);
    std::string with_form;
    std::string without_body;
    REQUIRE(s.sign(oauth1::message("POST", "https://api.example.com/1.1/x.json", "status=a%20b%26c"),
        oauth1::moment("nonce-1", 1700000000), with_form));
    REQUIRE(s.sign(
        oauth1::message("POST", "https://api.example.com/2/x"), oauth1::moment("nonce-2", 1700000000), without_body));
    CHECK(b.wire->seen[0].headers.get("authorization") == with_form);
    CHECK(b.wire->seen[1].headers.get("authorization") == without_body);
}

TEST_CASE("client: a response carries its rate-limit windows")
{
    client_fixture b;
    b.wire->respond(200, ann_v2)
        .header("x-rate-limit-limit", "75")
        .header("x-rate-limit-remaining", "74")
        .header("x-rate-limit-reset", "1700000900");
    const auto me = run(b.make().for_user(b.user).me());
    REQUIRE(me);
    CHECK(me->username == "Ann");
    REQUIRE(me->limits.window);
    CHECK(me->limits.window->remaining == 74);
}

TEST_CASE("client: me() sends each API's own request and must get the token's own user")
{
    client_fixture v2;
    v2.wire->respond(
        200, ann_v2, [](const http::request& r) { CHECK(r.target.starts_with("/2/users/me?user.fields=")); });
    CHECK(run(v2.make().for_user(ann()).me())->id == "7");

    client_fixture old(api_version::v1_1);
    old.wire->respond(200, ann_v1_1,
        [](const http::request& r) { CHECK(r.target == "/1.1/users/show.json?screen_name=ann&user_id=7"); });
    CHECK(run(old.make().for_user(ann()).me())->id == "7");
    old.wire->respond(200, ann_v1_1,
        [](const http::request& r) { CHECK(r.target == "/1.1/account/verify_credentials.json?skip_status=true"); });
    CHECK(run(old.make().for_user(old.user).me())->id == "7");

    // A name of 16 to 20 letters can't be asked for.
    for (const char* name : {"sixteen_letters_", "twenty_letters_name_", "a b", ""}) {
        CAPTURE(name);
        old.wire->respond(200, R"({"id_str":"7","screen_name":")" + std::string(name) + R"(","name":"A"})",
            [](const http::request& r) { CHECK(r.target == "/1.1/users/show.json?user_id=7"); });
        const oauth1::access_token token("7-token", secret("token-secret"), {{"user_id", "7"}, {"screen_name", name}});
        const auto me = run(old.make().for_user(token).me());
        REQUIRE(me);
        CHECK(me->username == name);
    }

    for (const api_version api : {api_version::v1_1, api_version::v2}) {
        client_fixture other(api);
        other.wire->respond(200, api == api_version::v2 ? R"({"data":{"id":"8","username":"ann","name":"A"}})"
                                                        : R"({"id_str":"8","screen_name":"ann","name":"A"})");
        check_refused(other.make().for_user(ann()).me(), errc::malformed_response);
    }
}

TEST_CASE("client: a response about another user is never passed on")
{
    for (const auto& [api, body] : {std::pair(api_version::v1_1, ann_v1_1), std::pair(api_version::v2, ann_v2)}) {
        client_fixture b(api);
        client c = b.make();
        for (int i = 0; i < 5; ++i)
            b.wire->respond(200, body);
        CHECK(run(c.for_user(b.user).profile("aNN"))->id == "7");
        CHECK(run(c.for_user(b.user).profile(user_ref::id("7")))->username == "Ann");
        check_refused(c.for_user(b.user).profile("bob"), errc::malformed_response);
        check_refused(c.for_user(b.user).profile(user_ref::id("8")), errc::malformed_response);
        check_refused(c.for_user(b.user).profile("7"), errc::malformed_response);
    }
}

TEST_CASE("client: one user who is missing or suspended is an error, in both APIs and both of API 2's ways")
{
    struct row {
        api_version api;
        int status;
        const char* body;
        errc expected;
    };
    const row table[] = {
        {api_version::v1_1, 404, R"({"errors":[{"code":50,"message":"User not found."}]})", errc::not_found},
        {api_version::v1_1, 403, R"({"errors":[{"code":63,"message":"User has been suspended."}]})", errc::suspended},
        {api_version::v2, 200,
            R"({"errors":[{"value":"bob","detail":"Could not find user","title":"Not Found Error","type":"https://api.twitter.com/2/problems/resource-not-found"}]})",
            errc::not_found},
        {api_version::v2, 404,
            R"({"errors":[{"value":"bob","detail":"Could not find user","title":"Not Found Error","type":"https://api.x.com/2/problems/resource-not-found"}]})",
            errc::not_found},
        {api_version::v2, 200,
            R"({"errors":[{"value":"bob","detail":"User has been suspended: [bob].","title":"Forbidden","type":"https://api.twitter.com/2/problems/resource-not-found"}]})",
            errc::suspended},
    };
    for (const row& r : table) {
        client_fixture b(r.api);
        b.wire->respond(r.status, r.body);
        const auto refused = run(b.make().for_user(b.user).profile("bob"));
        REQUIRE_FALSE(refused);
        CHECK(refused.error().reason() == r.expected);
        CHECK(refused.error().http_status() == r.status);
    }
}

TEST_CASE("client: outcomes in any order reach their names, and none found is not an error")
{
    const std::vector<user_ref> users{"ann", "bob", "carl"};
    client_fixture b;
    client c = b.make();
    b.wire->respond(200,
        R"({"data":[{"id":"3","username":"carl","name":"C"},{"id":"7","username":"Ann","name":"A"}],"errors":[{"value":"bob","title":"Not Found Error","type":"https://api.x.com/2/problems/resource-not-found"}]})",
        [](const http::request& r) {
            CHECK(r.target.starts_with("/2/users/by?usernames=ann%2Cbob%2Ccarl&user.fields="));
        });
    const auto found = run(c.for_user(b.user).profiles(users));
    REQUIRE(found);
    REQUIRE(found->outcomes.size() == 3);
    CHECK(found->outcomes[0].profile->id == "7");
    CHECK(found->outcomes[1].outcome == lookup_outcome::not_found);
    CHECK(found->outcomes[2].profile->id == "3");
    for (const auto& outcome : found->outcomes)
        CHECK(outcome.in_response);

    b.wire->respond(404,
        R"({"errors":[{"value":"ann","title":"Not Found Error","type":"https://api.x.com/2/problems/resource-not-found"}]})");
    CHECK(run(c.for_user(b.user).profiles(users))->outcomes.size() == 3);
    b.wire->respond(404, R"({"title":"Not Found","type":"about:blank","status":404})");
    check_refused(c.for_user(b.user).profiles(users), errc::not_found);
    b.wire->respond(401, R"({"title":"Unauthorized","type":"about:blank","status":401})");
    check_refused(c.for_user(b.user).profiles(users), errc::invalid_credentials);

    client_fixture old(api_version::v1_1);
    old.wire->respond(404, R"({"errors":[{"code":17,"message":"No user matches for specified terms."}]})")
        .header("x-rate-limit-limit", "900")
        .header("x-rate-limit-remaining", "1")
        .header("x-rate-limit-reset", "1700000900");
    const auto none = run(old.make().for_user(old.user).profiles(users));
    REQUIRE(none);
    CHECK(none->outcomes.size() == 3);
    CHECK(none->outcomes[0].outcome == lookup_outcome::not_found);
    CHECK(none->outcomes[0].in_response);
    CHECK(none->limits.window->remaining == 1);
    old.wire->respond(404, "<html>");
    check_refused(old.make().for_user(old.user).profiles(users), errc::not_found);
}

TEST_CASE("client: an empty list sends no request")
{
    client_fixture b;
    const auto none = run(b.make().for_user(b.user).profiles({}));
    REQUIRE(none);
    CHECK(none->outcomes.empty());
    CHECK(b.wire->seen.empty());
}

TEST_CASE("client: pages, posts, deletions and invalidation")
{
    client_fixture b;
    client c = b.make();
    b.wire->respond(200, R"({"data":[{"id":"5","text":"hi"}],"meta":{"next_token":"n"}})");
    const auto tweets = run(c.for_user(b.user).tweets("7"));
    REQUIRE(tweets);
    CHECK(tweets->next == "n");
    b.wire->respond(200, R"({"meta":{"result_count":0}})");
    CHECK(run(c.for_user(b.user).mentions("7"))->items.empty());
    b.wire->respond(200, R"({"data":[{"id":"7","username":"Ann","name":"A"}],"meta":{}})");
    CHECK(run(c.for_user(b.user).followers("7"))->items.size() == 1);
    b.wire->respond(201, R"({"data":{"id":"6","text":"hello"}})", [](const http::request& r) {
        CHECK(r.method == "POST");
        CHECK(r.target == "/2/tweets");
        CHECK(r.body == R"({"text":"hello","reply":{"in_reply_to_tweet_id":"5"}})");
    });
    CHECK(run(c.for_user(b.user).post_tweet("hello", "5"))->id == "6");
    b.wire->respond(200, R"({"data":{"deleted":true}})", [](const http::request& r) { CHECK(r.method == "DELETE"); });
    CHECK(run(c.for_user(b.user).delete_tweet("6")));
    b.wire->respond(200, R"({"access_token":"token-canary"})",
        [](const http::request& r) { CHECK(r.target == "/1.1/oauth/invalidate_token.json"); });
    CHECK(run(c.for_user(b.user).invalidate_token()));
    CHECK(b.wire->done());
}

TEST_CASE("client: any other call returns a 2xx response and throws for the rest")
{
    client_fixture b;
    client c = b.make();
    b.wire->respond(204, "");
    CHECK(run(c.for_user(b.user).request(api_call("GET", "/2/x")))->status == 204);
    b.wire->respond(302, "").header("location", "https://evil.example");
    check_refused(c.for_user(b.user).request(api_call("GET", "/2/x")), errc::unexpected_redirect);
}

TEST_CASE("client: a page of HTML with 200 is a malformed response")
{
    client_fixture b;
    b.wire->respond(200, "<html>hotel</html>");
    const auto refused = run(b.make().for_user(b.user).me());
    REQUIRE_FALSE(refused);
    CHECK(refused.error().reason() == errc::malformed_response);
    CHECK(refused.error().http_status() == 200);
    CHECK(refused.error().hint());
}

TEST_CASE("client: arguments that can't be used are refused before a byte is sent")
{
    const std::vector<user_ref> mixed{"ann", user_ref::id("7")};
    const std::vector<user_ref> too_many(101, user_ref("ann"));
    const std::vector<user_ref> one_bad{"ann", "b b"};
    for (const api_version api : {api_version::v1_1, api_version::v2}) {
        client_fixture b(api);
        client c = b.make();
        check_refused(c.for_user(b.user).profile(""));
        check_refused(c.for_user(b.user).profile("a/b"));
        check_refused(c.for_user(b.user).profile("1234567890123456"));
        check_refused(c.for_user(b.user).profile(user_ref::id("12345678901234567890")));
        check_refused(c.for_user(b.user).profile(user_ref::id("7/../8")));
        check_refused(c.for_user(b.user).profiles(mixed));
        check_refused(c.for_user(b.user).profiles(too_many));
        check_refused(c.for_user(b.user).profiles(one_bad));
        check_refused(c.for_user(b.user).tweets("ann"));
        check_refused(c.for_user(b.user).mentions(""));
        check_refused(c.for_user(b.user).followers("7/"));
        check_refused(c.for_user(b.user).post_tweet(""));
        check_refused(c.for_user(b.user).post_tweet("bad \xff"));
        check_refused(c.for_user(b.user).post_tweet("hi", "x"));
        check_refused(c.for_user(b.user).delete_tweet(""));

        page_options bad_count;
        bad_count.count = -1;
        check_refused(c.for_user(b.user).tweets("7", bad_count));
        bad_count.count = 201;
        check_refused(c.for_user(b.user).mentions("7", bad_count));
        bad_count.count = 1001;
        check_refused(c.for_user(b.user).followers("7", bad_count));
        page_options bad_token;
        bad_token.token = "a\nb";
        check_refused(c.for_user(b.user).tweets("7", bad_token));
        page_options bad_since;
        bad_since.since_id = "x";
        check_refused(c.for_user(b.user).tweets("7", bad_since));
        page_options since;
        since.since_id = "5";
        check_refused(c.for_user(b.user).followers("7", since));

        for (const char* path :
            {"", "2/x", "https://evil.example/", "//evil.example/x\n", "/a b", "/a?b=c", "/a#b", "/caf\xc3\xa9"}) {
            CAPTURE(path);
            check_refused(c.for_user(b.user).request(api_call("GET", path)));
        }
        api_call call("POST", "/2/x");
        call.form = {{"a", "b"}};
        call.json = "{}";
        check_refused(c.for_user(b.user).request(call));
        check_refused(c.for_user(b.user).request(api_call("GE T", "/2/x")));
        api_call own("GET", "/2/x");
        own.query = {{"oauth_token", "x"}};
        check_refused(c.for_user(b.user).request(own));
        CHECK(b.wire->seen.empty());
    }

    page_options four;
    four.count = 4;
    client_fixture b;
    check_refused(b.make().for_user(b.user).tweets("7", four));
    client_fixture old(api_version::v1_1);
    old.wire->respond(200, "[]");
    CHECK(run(old.make().for_user(old.user).tweets("7", four)));
    check_refused(old.make().for_user(ann()).mentions("8"));
    old.wire->respond(200, "[]");
    CHECK(run(old.make().for_user(ann()).mentions("7")));
}

TEST_CASE("client: no error shows a secret, a token, a verifier or a signature that the provider repeats")
{
    const char* const canaries[] = {
        "consumer-canary", "token-canary", "token-secret-canary", "login-canary", "login-secret-canary", "7654321"};
    const auto check_clean = [&](const error& e, const http::request& sent) {
        const std::string signature = oauth(sent, "oauth_signature");
        const std::string all = std::string(e.what()) + e.message() + e.provider_message() + e.hint().value_or("");
        for (const char* canary : canaries)
            CHECK_MESSAGE(all.find(canary) == std::string::npos, all);
        CHECK_MESSAGE(all.find(signature) == std::string::npos, all);
        CHECK(all.find("hidden") != std::string::npos);
    };
    // A provider that responds with what it was sent, and with what it should have got.
    class echo_transport final : public http::transport {
    public:
        explicit echo_transport(bool whole_header) : whole_header_(whole_header) {}
        boost::asio::awaitable<http::response> send(http::request request) override
        {
            http::response r;
            r.status = 401;
            r.body = "No: consumer-canary token-canary token-secret-canary login-canary login-secret-canary 7654321 " +
                     oauth(request, "oauth_signature");
            if (whole_header_)
                r.body = std::string(request.headers.get("authorization"));
            sent = std::move(request);
            co_return r;
        }
        http::request sent;

    private:
        bool whole_header_;
    };
    for (const bool whole_header : {false, true}) {
        client_fixture b;
        auto wire = std::make_shared<echo_transport>(whole_header);
        client c(wire, oauth1::consumer("consumer-key", secret("consumer-canary")), b.options);
        const auto me = run(c.for_user(oauth1::access_token("token-canary", secret("token-secret-canary"))).me());
        REQUIRE_FALSE(me);
        const std::string own = me.error().what();
        for (const char* canary : {"consumer-canary", "token-canary", "token-secret-canary"})
            CHECK_MESSAGE(own.find(canary) == std::string::npos, own);
        const auto access = run(c.access_token(b.login, "7654321"));
        REQUIRE_FALSE(access);
        const std::string third = access.error().what();
        for (const char* canary : {"consumer-canary", "login-canary", "login-secret-canary", "7654321"})
            CHECK_MESSAGE(third.find(canary) == std::string::npos, third);
        if (whole_header)
            check_clean(access.error(), wire->sent);
        const auto first = run(c.request_token("oob"));
        REQUIRE_FALSE(first);
        CHECK(std::string(first.error().what()).find("consumer-canary") == std::string::npos);
        CHECK(std::string(first.error().what()).find(oauth(wire->sent, "oauth_signature")) == std::string::npos);
    }
}
