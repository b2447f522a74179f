// The site, a sandbox, and users with browsers of their own.
#pragma once

#include "integration/session/sandbox_fixture.hpp"
#include "login_server/site.hpp"

#include <coauth/oauth1/target.hpp>
#include <coauth/server/http_server.hpp>
#include <coauth/store/memory_store.hpp>
#include <coauth/twitter/provider.hpp>

#include <doctest/doctest.h>

#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace testing {

using coauth::server::request;
using coauth::server::response;

inline const std::string origin = "http://127.0.0.1:1"; // the origin of sandbox_fixture's callback

inline bool has(std::string_view text, std::string_view part)
{
    return text.find(part) != std::string_view::npos;
}

inline std::string header(const response& answer, std::string_view name)
{
    return std::string(answer.headers.get(name));
}

/// No limit on begins, and no retry: for tests of something else.
inline login_server::site_options unlimited_options()
{
    login_server::site_options out;
    out.logins.begins.of_address = coauth::site::bucket_size(10'000, std::chrono::seconds(1));
    out.logins.session.retry_for = std::chrono::milliseconds(0);
    return out;
}

class site_fixture : public coauth::testing::sandbox_fixture {
public:
    explicit site_fixture(
        coauth::sandbox::options sandbox_options = {}, login_server::site_options wanted = unlimited_options())
        : sandbox_fixture(std::move(sandbox_options))
    {
        clock->jumps = false;
        if (wanted.origin.host.empty())
            wanted.origin = coauth::http::parse_base_url(origin).value().origin;
        wanted.logins.clock = clock;
        wanted.logins.log = [this](const std::string& line) {
            if (log_fails)
                throw std::runtime_error("no space left");
            (line.find(" login outcome=") == line.npos ? logged : logins).push_back(line);
        };
        wanted.x = client->options();
        const std::vector<std::shared_ptr<coauth::login_provider>> providers{coauth::twitter::provider(*client)};
        site.emplace(io.get_executor(), providers, std::move(wanted));
    }

    std::int64_t exchanges() const { return calls("/oauth/access_token"); }
    std::int64_t request_tokens() const { return calls("/oauth/request_token"); }

    std::string user_id_of(const char* username)
    {
        return run(client->for_user(sandbox.issue_access_token(username)).me()).value().id;
    }

    /// Allows it on the provider's page, as this user; returns the callback's query.
    std::string allow(const std::string& url, const std::string& username)
    {
        const auto target = coauth::oauth1::split_target(url).value();
        coauth::http::request post;
        post.method = "POST";
        post.origin.https = true;
        post.origin.host = std::string(target.host);
        post.origin.port = target.port;
        post.target = std::string(target.path);
        post.headers.add("Content-Type", "application/x-www-form-urlencoded");
        post.body = std::string(target.query) + "&user=" + username + "&allow=1";
        const auto answer = run(transport->send(std::move(post))).value();
        const std::string back(answer.headers.get("Location"));
        REQUIRE(back.starts_with(callback));
        return back.substr(back.find('?') + 1);
    }

    std::vector<std::string> logged; // errors
    std::vector<std::string> logins; // the lines of logins
    bool log_fails = false;
    std::optional<login_server::site> site;
};

/// A browser: it has a cookie jar, follows no redirect by itself, and says where its forms come from.
class browser {
public:
    explicit browser(site_fixture& fixture, std::string address = "127.0.0.1")
        : fixture_(fixture), address_(std::move(address))
    {}

    request get(std::string target) const { return make("GET", std::move(target)); }
    request post(std::string target, std::string body = {}) const
    {
        request r = make("POST", std::move(target));
        r.headers.add("Sec-Fetch-Site", "same-origin");
        r.headers.add("Content-Type", "application/x-www-form-urlencoded");
        r.body = std::move(body);
        return r;
    }

    response ask(request r)
    {
        response answer = fixture_.run(fixture_.site->respond(std::move(r))).value();
        keep_cookies(answer);
        return answer;
    }

    /// Presses the button; returns the provider's page.
    std::string press(std::string target = "/login")
    {
        const response answer = ask(post(std::move(target)));
        REQUIRE(answer.status == 303);
        return header(answer, "Location");
    }

    /// Presses the button and allows it; returns where the provider sends the browser to.
    std::string allow(std::string target = "/login")
    {
        return "/callback?" + fixture_.browse(press(std::move(target)));
    }

    /// All of it; returns where it ends.
    std::string sign_in(std::string target = "/login")
    {
        const response answer = ask(get(allow(std::move(target))));
        REQUIRE(answer.status == 303);
        return header(answer, "Location");
    }

    bool signed_in() { return has(ask(get("/")).body, "id=\"account\""); }

    std::map<std::string, std::string> jar;

private:
    request make(std::string method, std::string target) const
    {
        request r;
        r.method = std::move(method);
        r.target = std::move(target);
        r.peer = address_;
        r.headers.add("Host", "127.0.0.1:1");
        std::string cookies;
        for (const auto& [name, value] : jar)
            cookies += (cookies.empty() ? "" : "; ") + name + '=' + value;
        if (!cookies.empty())
            r.headers.add("Cookie", cookies);
        return r;
    }

    void keep_cookies(const response& answer)
    {
        for (const auto& [field, text] : answer.headers) {
            if (field != "Set-Cookie")
                continue;
            const auto equals = text.find('=');
            const std::string value(text.substr(equals + 1, text.find(';') - equals - 1));
            if (has(text, "Max-Age=0;"))
                jar.erase(std::string(text.substr(0, equals)));
            else
                jar[std::string(text.substr(0, equals))] = value;
        }
    }

    site_fixture& fixture_;
    std::string address_;
};

/// A sandbox that allows everything, as this user.
inline coauth::sandbox::options approving(const char* username = "user_3")
{
    coauth::sandbox::options sandbox_options;
    sandbox_options.auto_approve = username;
    return sandbox_options;
}

} // namespace testing
