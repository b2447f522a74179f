// What the sandbox says of a request that it refused: on the page, in the journal and in the log.
#include "signing_client.hpp"

#include <doctest/doctest.h>

using namespace sandbox_test;

namespace {

struct last_refusal_texts {
    std::string reason, explanation;
};

last_refusal_texts last_refusal(const signing_client& client)
{
    const auto entry = client.last_entry();
    last_refusal_texts out;
    if (entry.at("refused").is_string())
        out.reason = text(entry.at("refused"));
    if (entry.at("explanation").is_string())
        out.explanation = text(entry.at("explanation"));
    return out;
}

} // namespace

TEST_CASE("sandbox refusals: a page says if its token is missing, unknown, used, denied or too old")
{
    const auto reply = [](signing_client& client, const std::string& query) {
        return client.engine.handle(client.bare("GET", "/oauth/authorize" + query), client.now);
    };
    const auto token_query = [](const oauth1::request_token& login) { return "?oauth_token=" + login.token(); };

    for (const auto& o : {strict(), tolerant()}) {
        signing_client client(o);
        const auto allowed = client.begin();
        client.allow(allowed);
        const auto exchanged = client.begin();
        client.leg3(exchanged, client.allow(exchanged));
        const auto denied = client.begin();
        client.submit("/oauth/authorize", "deny=1&oauth_token=" + denied.token());
        const auto guessed = client.begin();
        const auto pin = client.allow(guessed);
        for (int i = 0; i < 5; ++i)
            client.leg3(guessed, pin + "0");
        const auto issued = client.begin();

        struct row {
            std::string query, reason, part;
        };
        const row table[] = {
            {"", "missing_token", "has no oauth_token"},
            {"?oauth_token=", "missing_token", "has no oauth_token"},
            {"?oauth_token=nonsense", "unknown_token", "unknown"},
            {token_query(issued) + "&oauth_token=" + issued.token(), "duplicate_parameter",
                "more than one oauth_token"},
            {token_query(allowed), "used_token", "allowed before"},
            {token_query(exchanged), "used_token", "exchanged for an access token"},
            {token_query(denied), "denied_token", "denied before"},
            {token_query(guessed), "expired_token", "five wrong verifiers"},
        };
        for (const auto& t : table) {
            const auto part = t.part;
            CAPTURE(part);
            const auto result = reply(client, t.query);
            CHECK(result.response.status == 403);
            CHECK(result.response.body.find(t.part) != std::string::npos);
            const auto last = last_refusal(client);
            CHECK(last.reason == t.reason);
            CHECK(last.explanation.find(t.part) != std::string::npos);
            CHECK(result.log_line.find(" 403 refused:" + t.reason + " - ") != std::string::npos);
            CHECK(result.log_line.find(t.part) != std::string::npos);
            // The form gets the same.
            const auto form = t.query.empty() ? std::string() : t.query.substr(1);
            CHECK(client.submit("/oauth/authenticate", "allow=1&" + form).body == result.response.body);
        }
        client.now += std::chrono::seconds(900);
        const auto late = reply(client, token_query(issued));
        CHECK(late.response.body.find("too old") != std::string::npos);
        CHECK(last_refusal(client).reason == "expired_token");
        CHECK(late.log_line.find("too old") != std::string::npos);
    }
}

TEST_CASE("sandbox refusals: leg 3 says why, in a word and a sentence")
{
    for (const auto& o : {strict(), tolerant()}) {
        signing_client client(o);
        const auto login = client.begin();
        client.leg3(login, "1");
        CHECK(last_refusal(client).reason == "not_authorized");
        const auto pin = client.allow(login);
        client.leg3(login, pin + "0");
        CHECK(last_refusal(client).reason == "wrong_verifier");
        client.send(client.sign(oauth1::signer(client.app, login), "POST", "/oauth/access_token"));
        CHECK(last_refusal(client).reason == "missing_parameter");
        client.leg3(login, pin);
        CHECK(last_refusal(client).reason == "");
        client.leg3(login, pin);
        CHECK(last_refusal(client).reason == "used_token");
        const auto denied = client.begin();
        client.submit("/oauth/authorize", "deny=1&oauth_token=" + denied.token());
        client.leg3(denied, "1");
        CHECK(last_refusal(client).reason == "denied_token");
        client.leg1("data:x");
        CHECK(last_refusal(client).reason == "callback_not_approved");
        const auto counters = boost::json::parse(client.engine.seen().counters());
        CHECK(counters.at("refused").at("wrong_verifier") == 1);
    }
}

TEST_CASE("sandbox refusals: the front page lists the last ten, escaped and without secrets")
{
    signing_client client;
    CHECK(client.get("/").body.find("Nothing was refused yet.") != std::string::npos);
    const auto access = client.sign_in();
    auto wrong = client.sign(oauth1::signer(client.app, access), "GET", "/2/users/me?x=1");
    wrong.target = "/2/users/me?x=2&oauth_token=" + access.token();
    client.send(wrong);
    client.get("/oauth/authorize?oauth_token=<script>alert(1)</script>");
    client.get("/nothing/<script>");
    const auto page = client.get("/").body;
    CHECK(page.find("<code>GET /oauth/authorize</code> 403 <b>unknown_token</b>") != std::string::npos);
    CHECK(page.find("/nothing/&lt;script&gt;") != std::string::npos);
    CHECK(page.find("<script") == std::string::npos);
    CHECK(page.find(access.token()) == std::string::npos);
    CHECK(page.find("oauth_signature") == std::string::npos);
    for (int i = 0; i < 12; ++i)
        client.get("/nothing/" + std::to_string(i));
    const auto later = client.get("/").body;
    CHECK(later.find("/nothing/11<") < later.find("/nothing/2<"));
    CHECK(later.find("/nothing/1<") == std::string::npos);
    client.engine.reset();
    CHECK(client.get("/").body.find("Nothing was refused yet.") != std::string::npos);
}

TEST_CASE("sandbox refusals: the front page checks a signature that comes with the request")
{
    signing_client client;
    CHECK(client.send(client.sign(oauth1::signer(client.app), "GET", "/")).status == 200);
    const oauth1::consumer wrong(std::string(client.app.key()), coauth::secret("wrong"));
    const auto response = client.send(client.sign(oauth1::signer(wrong), "GET", "/"));
    CHECK(response.status == 401);
    CHECK(code_of(response) == 32);
    CHECK(last_refusal(client).explanation.find("most likely the consumer's secret differs") != std::string::npos);
}

TEST_CASE("sandbox refusals: a path that misses a route by slashes or .json names it")
{
    signing_client client;
    const std::pair<std::string, std::string> table[] = {
        {"//oauth/request_token", "/oauth/request_token"},
        {"/oauth//request_token", "/oauth/request_token"},
        {"/oauth/request_token/", "/oauth/request_token"},
        {"/1.1/users/show", "/1.1/users/show.json"},
        {"/2/tweets.json", "/2/tweets"},
    };
    for (const auto& [path, route] : table) {
        const auto& shown = path;
        CAPTURE(shown);
        CHECK(client.get(path).status == 404);
        CHECK(last_refusal(client).reason == "unknown_path");
        CHECK(last_refusal(client).explanation == "there is no such path; did you mean " + route + '?');
    }
    client.get("/nothing/like/it");
    CHECK(last_refusal(client).explanation == "");
}
