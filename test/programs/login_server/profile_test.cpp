// The profile page: what is filled in, what is kept, what is refused.
#include "programs/login_server/site_fixture.hpp"

#include <coauth/oauth1/parameters.hpp>

using namespace testing;

namespace {

std::string form(const std::string& name, const std::string& username, const std::string& picture,
    const std::string& description, const std::string& link)
{
    return coauth::oauth1::encode_form(
        {{"name", name}, {"username", username}, {"picture", picture}, {"description", description}, {"link", link}});
}

// What the page shows in a field.
std::string shown(const response& page, const std::string& field)
{
    const auto input = page.body.find("name=\"" + field + "\"");
    REQUIRE(input != std::string::npos);
    const bool lines = page.body.compare(page.body.rfind('<', input), 9, "<textarea") == 0;
    const auto start = lines ? page.body.find(">\n", input) + 2 : page.body.find("value=\"", input) + 7;
    return page.body.substr(start, page.body.find(lines ? '<' : '"', start) - start);
}

} // namespace

TEST_CASE("login_server profile: what the user has written stays, and what is empty is filled in at the next login")
{
    site_fixture s(approving());
    browser ada(s);
    ada.sign_in();
    const response first = ada.ask(ada.get("/profile"));
    const std::string picture = shown(first, "picture");
    CHECK(shown(first, "username") == "user_3");
    CHECK(picture.starts_with(s.sandbox.url()));
    CHECK_FALSE(shown(first, "description").empty());

    const response saved = ada.ask(ada.post("/profile", form("My own name", "", picture, "", "https://me.example/")));
    CHECK(saved.status == 303);
    CHECK(header(saved, "Location") == origin + "/profile?saved");
    CHECK(has(ada.ask(ada.get("/profile?saved")).body, "role=\"status\">Saved."));
    const response mine = ada.ask(ada.get("/profile"));
    CHECK_FALSE(has(mine.body, "Saved."));
    CHECK(shown(mine, "name") == "My own name");
    CHECK(shown(mine, "username") == ""); // left empty for as long as this login lasts
    CHECK(shown(mine, "description") == "");

    ada.ask(ada.post("/logout"));
    ada.sign_in();
    const response later = ada.ask(ada.get("/profile"));
    CHECK(shown(later, "name") == "My own name");
    CHECK(shown(later, "link") == "https://me.example/");
    CHECK(shown(later, "username") == "user_3");
    CHECK(shown(later, "description") == shown(first, "description"));
}

TEST_CASE("login_server profile: what can't be saved is shown again as it was typed, with what is wrong")
{
    site_fixture s(approving());
    browser ada(s);
    ada.sign_in();
    ada.ask(ada.get("/profile"));
    const response page = ada.ask(ada.post("/profile",
        form(std::string(51, 'x'), "<u>", "http://pictures.example/me.png", "kept", "javascript:alert(1)")));
    CHECK(page.status == 422);
    CHECK(shown(page, "name") == std::string(51, 'x'));
    CHECK(shown(page, "username") == "&lt;u&gt;");
    CHECK(shown(page, "description") == "kept");
    for (const char* field : {"name-problem", "picture-problem", "link-problem"})
        CHECK(has(page.body, std::string("id=\"") + field + '"'));
    CHECK_FALSE(has(page.body, "description-problem"));
    CHECK(shown(ada.ask(ada.get("/profile")), "username") == "user_3");
}

TEST_CASE("login_server profile: a description keeps its lines, from the provider and from the user")
{
    coauth::sandbox::options sandbox_options = approving("poet");
    sandbox_options.seed = R"({"users":[{"id":"7","username":"poet","name":"P","description":"one\ntwo\n\nthree"}],
        "tweets":[{"id":"1","user_id":"7","text":"four\nfive"}]})";
    site_fixture s(sandbox_options);
    browser ada(s);
    ada.sign_in();
    const response page = ada.ask(ada.get("/profile"));
    CHECK(shown(page, "description") == "one\ntwo\n\nthree");
    CHECK(has(page.body, "<bdi>four\nfive</bdi>"));
    CHECK(ada.ask(ada.post("/profile", form("P", "", "", "a\r\nb", ""))).status == 303);
    CHECK(shown(ada.ask(ada.get("/profile")), "description") == "a\r\nb");
}

TEST_CASE("login_server profile: a form that is not the page's own changes nothing")
{
    site_fixture s(approving());
    browser ada(s);
    ada.sign_in();
    const std::string good = form("a", "b", "", "d", "");
    for (const std::string& body : {std::string(), std::string("name=a"), good + "&name=b", good + "&description=x",
             std::string("name=%zz&username=&picture=&description=&link="), form("\xff", "", "", "", ""),
             form("\xed\xa0\x80", "", "", "", "")}) {
        CAPTURE(body);
        CHECK(ada.ask(ada.post("/profile", body)).status == 400);
    }
    request json = ada.post("/profile", "{}");
    json.headers.set("Content-Type", "application/json");
    CHECK(ada.ask(json).status == 415);
    browser stranger(s);
    CHECK(stranger.ask(stranger.post("/profile", good)).status == 401);
    CHECK(shown(ada.ask(ada.get("/profile")), "username") == "user_3");
}

TEST_CASE("login_server profile: tweets and followers are requested once a minute, however often the page is")
{
    site_fixture s(approving());
    browser ada(s);
    ada.sign_in();
    for (int i = 0; i < 5; ++i)
        ada.ask(ada.get("/profile"));
    CHECK(s.calls("/2/users/:id/tweets") == 1);
    CHECK(s.calls("/2/users/:id/followers") == 1);
    CHECK(s.calls("/2/users") == 1);
    s.clock->skip(std::chrono::seconds(61));
    CHECK(has(ada.ask(ada.get("/profile")).body, "<li>"));
    CHECK(s.calls("/2/users/:id/tweets") == 2);
    CHECK(s.calls("/2/users") == 1);
}

TEST_CASE("login_server profile: any name, tweet and link is shown as text")
{
    coauth::sandbox::options sandbox_options = approving("eve");
    sandbox_options.seed =
        R"({"users":[{"id":"7","username":"eve","name":"<script>alert(1)</script>","description":"\"><img src=x>",
        "url":"https://e.example/?a=1&b=\"2"},{"id":"8","username":"bob","name":"\u202etxet"}],
        "tweets":[{"id":"1","user_id":"7","text":"</li><script>alert(2)</script>"}],"follows":[["8","7"]]})";
    site_fixture s(sandbox_options);
    browser eve(s);
    eve.sign_in();
    const response page = eve.ask(eve.get("/profile"));
    CHECK(page.status == 200);
    CHECK_FALSE(has(page.body, "<script"));
    CHECK_FALSE(has(page.body, "<img src=x"));
    CHECK(has(page.body, "<h1><bdi>&lt;script&gt;alert(1)&lt;/script&gt;</bdi></h1>"));
    CHECK(has(page.body, "<li><bdi>&lt;/li&gt;&lt;script&gt;alert(2)&lt;/script&gt;</bdi></li>"));
    CHECK(has(page.body, "<bdi>txet</bdi>")); // it turns no text around it
}
