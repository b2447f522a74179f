// Drives a sandbox engine as a client would, without sockets: signs with the real signer.
#pragma once

#include "sandbox/engine.hpp"

#include <coauth/oauth1/legs.hpp>
#include <coauth/oauth1/signer.hpp>
#include <coauth/text/percent_encoding.hpp>

#include <boost/json.hpp>

#include <optional>
#include <string>

namespace sandbox_test {

namespace oauth1 = coauth::oauth1;
namespace sandbox = coauth::sandbox;
namespace server = coauth::server;

inline constexpr std::string_view host = "127.0.0.1:4000";
inline const std::chrono::sys_seconds start{std::chrono::seconds(1'800'000'000)};

inline sandbox::options strict()
{
    return sandbox::options();
}

inline sandbox::options tolerant()
{
    sandbox::options o;
    o.mode = sandbox::mode::x;
    return o;
}

struct signing_client {
    explicit signing_client(sandbox::options o = strict())
        : engine(o, &sandbox::openssl_random), app(o.consumer_key, coauth::secret(std::string_view(o.consumer_secret)))
    {}

    sandbox::engine engine;
    oauth1::consumer app;
    std::chrono::sys_seconds now = start; ///< The machine's clock, and the client's.
    std::chrono::seconds client_behind{0};
    int nonces = 0;

    server::request bare(std::string method, std::string target, std::string body = {}, std::string type = {}) const
    {
        server::request r;
        r.method = std::move(method);
        r.target = std::move(target);
        r.headers.add("Host", std::string(host));
        if (!type.empty())
            r.headers.add("Content-Type", std::move(type));
        r.body = std::move(body);
        r.https = true;
        return r;
    }

    server::response send(const server::request& r) { return engine.handle(r, now).response; }

    server::response get(std::string target) { return send(bare("GET", std::move(target))); }

    server::response submit(std::string target, std::string form)
    {
        return send(bare("POST", std::move(target), std::move(form), "application/x-www-form-urlencoded"));
    }

    /// A signed request, to be changed before it is sent.
    server::request sign(const oauth1::signer& by, std::string method, std::string target,
        oauth1::parameters oauth = {}, std::string body = {}, std::string type = "application/x-www-form-urlencoded")
    {
        const auto url = "https://" + std::string(host) + target;
        oauth1::message m(method, url);
        if (type == "application/x-www-form-urlencoded")
            m.form = body;
        m.oauth = std::move(oauth);
        const oauth1::moment at("nonce" + std::to_string(++nonces), (now - client_behind).time_since_epoch().count());
        const auto signed_one = by.sign_request(m, at).value();
        auto r = bare(std::move(method), std::move(target), body, body.empty() ? "" : type);
        r.headers.add("Authorization", signed_one.authorization);
        return r;
    }

    server::response leg1(std::string callback, std::string form = {})
    {
        oauth1::parameters oauth;
        oauth.emplace_back("oauth_callback", std::move(callback));
        return send(sign(oauth1::signer(app), "POST", "/oauth/request_token", std::move(oauth), std::move(form)));
    }

    oauth1::request_token begin(std::string callback = "oob", std::string form = {})
    {
        return oauth1::parse_request_token_reply(leg1(std::move(callback), std::move(form)).body).value();
    }

    /// Allows as `user` and gives the PIN or the verifier.
    std::string allow(const oauth1::request_token& login, std::string_view user = "user_1")
    {
        const auto response =
            submit("/oauth/authorize", "allow=1&user=" + std::string(user) + "&oauth_token=" + login.token());
        if (const auto location = std::string(response.headers.get("Location")); !location.empty())
            return location.substr(location.find("oauth_verifier=") + 15);
        const auto begin = response.body.find("<code>") + 6;
        return response.body.substr(begin, response.body.find("</code>") - begin);
    }

    server::response leg3(const oauth1::request_token& login, std::string verifier)
    {
        oauth1::parameters oauth;
        oauth.emplace_back("oauth_verifier", std::move(verifier));
        return send(sign(oauth1::signer(app, login), "POST", "/oauth/access_token", std::move(oauth)));
    }

    oauth1::access_token sign_in(std::string_view user = "user_1", std::string form = {})
    {
        const auto login = begin("oob", std::move(form));
        const auto pin = allow(login, user);
        return oauth1::parse_access_token_reply(leg3(login, pin).body).value();
    }

    server::response get_as(const oauth1::access_token& user, std::string target)
    {
        return send(sign(oauth1::signer(app, user), "GET", std::move(target)));
    }

    server::response post_as(const oauth1::access_token& user, std::string target, std::string form)
    {
        return send(sign(oauth1::signer(app, user), "POST", std::move(target), {}, std::move(form)));
    }

    server::response json_as(const oauth1::access_token& user, std::string method, std::string target, std::string body)
    {
        return send(sign(
            oauth1::signer(app, user), std::move(method), std::move(target), {}, std::move(body), "application/json"));
    }

    boost::json::value last_entry() const { return boost::json::parse(engine.seen().requests()).as_array().back(); }
};

inline boost::json::value json_of(const server::response& r)
{
    return boost::json::parse(r.body);
}

inline std::string text(const boost::json::value& v)
{
    return std::string(v.as_string());
}

inline std::int64_t code_of(const server::response& r)
{
    const auto body = json_of(r);
    return body.at("errors").at(0).at("code").as_int64();
}

} // namespace sandbox_test
