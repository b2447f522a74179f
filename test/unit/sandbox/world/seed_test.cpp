#include "sandbox/world/seed.hpp"

#include <coauth/error.hpp>

#include <doctest/doctest.h>

using namespace coauth::sandbox;

namespace {

world with_app()
{
    world w(4);
    app a;
    a.key = "default";
    w.add_app(std::move(a));
    return w;
}

std::string complaint(const std::string& seed)
{
    auto w = with_app();
    try {
        apply_seed(seed, w);
    } catch (const coauth::error& e) {
        CHECK(e.reason() == coauth::errc::invalid_argument);
        return e.message();
    }
    return "accepted";
}

} // namespace

TEST_CASE("sandbox seed: everything it says is there")
{
    auto w = with_app();
    apply_seed(R"({
      "consumers": [{"key":"k","secret":"s","name":"My App","callbacks":["https://app.example/cb"],"rsa_public_key":null},
                    {"key":"any","callbacks":null}, {"key":"desktop","callbacks":[]}],
      "users": [{"id":"12","username":"ada","name":"Ada","picture":"https://p.example/a_normal.png","email":"a@example.com",
                 "protected":true,"description":"d","location":"l","url":"https://example.com","followers_count":7},
                {"id":9007199254740993,"username":"bob","suspended":true,"created_at":"2020-02-03T04:05:06Z"}],
      "access_tokens": [{"token":"12-t","secret":"ts","user_id":"12","consumer_key":"k"}, {"token":"first"}],
      "bearer_tokens": [{"token":"b","consumer_key":"k"}, {"token":"c"}],
      "tweets": [{"id":"500","user_id":"12","text":"hello","created_at":"2026-01-02T03:04:05Z"}],
      "follows": [["9007199254740993","12"]]})",
        w);
    CHECK(w.find_app("k")->secret.matches("s"));
    CHECK(w.find_app("k")->callbacks->size() == 1);
    CHECK_FALSE(w.find_app("any")->callbacks);
    CHECK(w.find_app("desktop")->callbacks->empty());
    const auto ada = w.user_by_username("ADA");
    REQUIRE(ada);
    CHECK(ada->is_protected);
    CHECK(ada->followers_count == 7);
    CHECK(ada->following_count == 0);
    CHECK(ada->tweet_count == 1);
    const auto bob = w.user_by_id(9'007'199'254'740'993);
    REQUIRE(bob);
    CHECK(bob->name == "bob");
    CHECK(bob->suspended);
    CHECK(bob->following_count == 1);
    CHECK(w.find_grant("12-t")->consumer_key == "k");
    CHECK(w.find_grant("first")->user == 12);
    CHECK(w.find_grant("first")->consumer_key == "default");
    CHECK(*w.find_bearer("b") == "k");
    CHECK(*w.find_bearer("c") == "default");
    CHECK(w.tweet_by_id(500)->text == "hello");
    CHECK(w.follows(9'007'199'254'740'993, 12));
}

TEST_CASE("sandbox seed: an empty one makes users up, and one that lists users replaces those")
{
    auto w = with_app();
    apply_seed("{}", w);
    CHECK(w.users() == 4);
    apply_seed(R"({"users":null,"consumers":[]})", w);
    CHECK(w.users() == 4);
}

TEST_CASE("sandbox seed: what is wrong is named")
{
    const std::pair<const char*, const char*> cases[] = {
        {"", "not JSON"},
        {"{\n\"users\":[}", "line 2"},
        {"[]", "seed: must be an object"},
        {"{} {}", "not JSON"},
        {R"({"people":[]})", "\"people\""},
        {R"({"users":{}})", "users must be a list"},
        {R"({"users":[{"id":"1","username":"a"},{"id":"x","username":"b"}]})", "users[1].id"},
        {R"({"users":[{"id":"0","username":"a"}]})", "users[0].id"},
        {R"({"users":[{"id":1.5,"username":"a"}]})", "users[0].id"},
        {R"({"users":[{"id":-1,"username":"a"}]})", "users[0].id"},
        {R"({"users":[{"id":"12345678901234567890","username":"a"}]})", "users[0].id"},
        {R"({"users":[{"id":"1"}]})", "users[0].username"},
        {R"({"users":[{"id":"1","username":"a b"}]})", "users[0].username"},
        {R"({"users":[{"id":"1","username":"sixteencharacter"}]})", "users[0].username"},
        {R"({"users":[{"id":"1","username":"a","protected":"yes"}]})", "users[0].protected"},
        {R"({"users":[{"id":"1","username":"a","followers_count":-3}]})", "users[0].followers_count"},
        {R"({"users":[{"id":"1","username":"a","created_at":"today"}]})", "users[0].created_at"},
        {R"({"users":[{"id":"1","username":"a","nick":"b"}]})", "\"nick\""},
        {R"({"users":[{"id":"1","username":"a"},{"id":"1","username":"b"}]})", "users[1]"},
        {R"({"consumers":[{"secret":"s"}]})", "consumers[0].key"},
        {R"({"consumers":[{"key":"a b"}]})", "consumers[0].key"},
        {R"({"consumers":[{"key":"a","callbacks":"https://x"}]})", "consumers[0].callbacks"},
        {R"({"consumers":[{"key":"a","callbacks":[1]}]})", "consumers[0].callbacks"},
        {R"({"access_tokens":[{"token":"t","user_id":"77"}]})", "access_tokens[0].user_id"},
        {R"({"access_tokens":[{"token":"t","consumer_key":"absent"}]})", "access_tokens[0].consumer_key"},
        {R"({"access_tokens":[{"token":"t"},{"token":"t"}]})", "access_tokens[1].token"},
        {R"({"access_tokens":[{"token":"t\n"}]})", "access_tokens[0].token"},
        {R"({"bearer_tokens":[{}]})", "bearer_tokens[0].token"},
        {R"({"tweets":[{"id":"5","user_id":"3"}]})", "tweets[0].user_id"},
        {R"({"follows":[["1"]]})", "follows[0]"},
        {R"({"follows":[["1","2"]]})", "the id of no user"},
    };
    for (const auto& [seed, expected] : cases) {
        const std::string shown_seed(seed);
        CAPTURE(shown_seed);
        const auto said = complaint(seed);
        CAPTURE(said);
        CHECK(said.find(expected) != std::string::npos);
    }
}

TEST_CASE("sandbox seed: OAuth 2 clients, and what is wrong with one")
{
    auto w = with_app();
    apply_seed(R"({"oauth2_clients":[
        {"client_id":"a","client_secret":"s"},
        {"client_id":"b","client_secret":null,"redirect_uris":["http://127.0.0.1/cb"],"scopes":["openid"],"name":"B"},
        {"client_id":"c","client_secret":"s","auth":"client_secret_post","redirect_uris":[]},
        {"client_id":"d","auth":"none"}]})",
        w);
    const auto& clients = w.clients();
    CHECK(clients.find("a")->authentication == client_authentication::any_secret);
    CHECK(clients.find("a")->name == "a");
    CHECK_FALSE(clients.find("a")->redirect_uris);
    CHECK(clients.find("b")->is_public());
    CHECK(clients.find("b")->redirect_uris->size() == 1);
    CHECK(clients.find("b")->scopes->front() == "openid");
    CHECK(clients.find("c")->redirect_uris->empty());
    CHECK(clients.find("d")->is_public());

    const auto of_client = [](const std::string& members) {
        return complaint("{\"oauth2_clients\":[{" + members + "}]}");
    };
    const std::pair<const char*, const char*> table[] = {
        {R"("client_secret":"s")", "client_id"},
        {R"("client_id":"")", "client_id"},
        {R"("client_id":"a\u0000b")", "client_id"},
        {R"("client_id":"a","client_secret":"")", "client_secret"},
        {R"("client_id":"a","auth":"client_secret_basic")", "auth"},
        {R"("client_id":"a","client_secret":"s","auth":"none")", "auth"},
        {R"("client_id":"a","client_secret":"s","auth":"private_key_jwt")", "auth"},
        {R"("client_id":"a","redirect_uris":"https://x.example/")", "redirect_uris"},
        {R"("client_id":"a","redirect_uris":["http://x.example/"])", "redirect_uris"},
        {R"("client_id":"a","redirect_uris":["https://x.example/#f"])", "redirect_uris"},
        {R"("client_id":"a","redirect_uris":["javascript:alert"])", "redirect_uris"},
        {R"("client_id":"a","scopes":[1])", "scopes"},
        {R"("client_id":"a","secret":"s")", "secret"},
    };
    for (const auto& [members, field] : table) {
        const auto shown = std::string(members);
        CAPTURE(shown);
        CHECK(of_client(members).find(field) != std::string::npos);
        CHECK(of_client(members).find("oauth2_clients[0]") != std::string::npos);
    }
}
