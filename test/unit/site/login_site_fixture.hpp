// A site with three providers, without a network, and a browser at it.
#pragma once

#include "unit/session/echo_provider.hpp"
#include "unit/site/code_provider.hpp"
#include "unit/store/store_bench.hpp"

#include <coauth/site/login_site.hpp>

#include <doctest/doctest.h>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace coauth::testing {

/// A provider with a name, that keeps the callback URLs it was given.
class named_provider final : public echo_provider {
public:
    explicit named_provider(std::string name) : name_(std::move(name)) {}

    std::string_view name() const noexcept override { return name_; }

    boost::asio::awaitable<begun_login> begin(std::string callback, login_request request) override
    {
        callbacks.push_back(callback);
        begun_login begun = co_await echo_provider::begin(std::move(callback), std::move(request));
        // No two providers give the same key.
        begun.key += '-' + name_;
        begun.url += '-' + name_;
        co_return begun;
    }

    std::vector<std::string> callbacks;

private:
    std::string name_;
};

inline site::login_site_options options_of_test(const std::shared_ptr<clock>& time)
{
    site::login_site_options options;
    options.clock = time;
    return options;
}

class login_site_fixture {
public:
    login_site_fixture() : login_site_fixture([](site::login_site_options&) {}) {}
    explicit login_site_fixture(const std::function<void(site::login_site_options&)>& change)
    {
        site::login_site_options options = options_of_test(bench.clock);
        options.log = [this](const std::string& line) { lines.push_back(line); };
        change(options);
        const std::vector<std::shared_ptr<login_provider>> providers{x, other, code};
        logins.emplace(bench.io.get_executor(), "https://example.org", providers, std::move(options));
    }

    server::request make(std::string method, std::string target) const
    {
        server::request r;
        r.method = std::move(method);
        r.target = std::move(target);
        r.peer = "192.0.2.1";
        r.headers.add("Host", "example.org");
        std::string cookies;
        for (const auto& [name, value] : jar)
            cookies += (cookies.empty() ? "" : "; ") + name + '=' + value;
        if (!cookies.empty())
            r.headers.add("Cookie", cookies);
        return r;
    }

    /// Keeps the cookies; empty if the site did not handle it.
    std::optional<server::response> handle(server::request r)
    {
        auto handled = bench.run(logins->handle(std::move(r))).value();
        if (handled)
            keep_cookies(*handled);
        return handled;
    }

    void keep_cookies(const server::response& page)
    {
        for (const auto& [field, text] : page.headers) {
            if (field != "Set-Cookie")
                continue;
            const auto equals = text.find('=');
            jar[std::string(text.substr(0, equals))] = text.substr(equals + 1, text.find(';') - equals - 1);
        }
    }

    /// Presses a button; returns the provider's token of the login.
    std::string begin(const std::string& target)
    {
        const auto pressed = handle(make("POST", target));
        REQUIRE(pressed);
        REQUIRE(pressed->status == 303);
        const std::string url(pressed->headers.get("Location"));
        return url.substr(url.find("oauth_token="));
    }

    /// Signs in as the user of this id; returns where it ends.
    std::string sign_in(const std::string& name, const std::string& id, const std::string& query = {})
    {
        const std::string token = begin("/login/" + name + query);
        const auto done = handle(make("GET", "/callback/" + name + '?' + token + "&oauth_verifier=" + id));
        REQUIRE(done);
        REQUIRE(done->status == 303);
        return std::string(done->headers.get("Location"));
    }

    std::optional<signed_in_user> user() { return bench.run(logins->user(make("GET", "/"))).value(); }

    store_bench bench;
    std::shared_ptr<named_provider> x = std::make_shared<named_provider>("x");
    std::shared_ptr<named_provider> other = std::make_shared<named_provider>("other");
    std::shared_ptr<code_provider> code = std::make_shared<code_provider>(bench.clock);
    std::map<std::string, std::string> jar;
    std::vector<std::string> lines;
    std::optional<site::login_site> logins;
};

inline bool contains(std::string_view text, std::string_view part)
{
    return text.find(part) != std::string_view::npos;
}

} // namespace coauth::testing
