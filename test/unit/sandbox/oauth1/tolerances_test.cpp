// What published clients send and RFC 5849 does not have, in both modes: mode x takes it, strict refuses it and says so.
#include "unit/sandbox/signing_client.hpp"

#include <coauth/oauth1/authorization_header.hpp>
#include <coauth/oauth1/base_string.hpp>
#include <coauth/oauth1/target.hpp>

#include <doctest/doctest.h>

#include <functional>

using namespace sandbox_test;

namespace {

bool tells(const boost::json::value& entry, std::string_view part)
{
    const auto& explanation = entry.at("explanation");
    return explanation.is_string() && explanation.as_string().find(part) != boost::json::string::npos;
}

/// A request whose protocol parameters travel where they are put.
struct placed_request {
    std::string method = "POST", target = "/oauth/request_token", content_type, body;
    oauth1::parameters header, query, form;
    std::string token_secret;
    std::optional<std::string> realm;
    std::function<std::string(std::string)> spoil; ///< What becomes of the finished header.

    server::request sign(signing_client& client)
    {
        oauth1::parameters own;
        own.emplace_back("oauth_consumer_key", std::string(client.app.key()));
        own.emplace_back("oauth_nonce", "placed" + std::to_string(++client.nonces));
        own.emplace_back("oauth_signature_method", "HMAC-SHA1");
        own.emplace_back("oauth_timestamp", std::to_string(client.now.time_since_epoch().count()));
        auto& main = !header.empty() || (query.empty() && form.empty()) || !main_elsewhere ? header
                     : !form.empty()                                                       ? form
                                                                                           : query;
        main.insert(main.end(), own.begin(), own.end());
        auto all = header;
        all.insert(all.end(), query.begin(), query.end());
        all.insert(all.end(), form.begin(), form.end());
        const auto url = "https://" + std::string(host) + target;
        const auto base = oauth1::signature_base_string(
            method, oauth1::base_string_uri(oauth1::split_target(url).value()), oauth1::normalize(all));
        std::string signature;
        oauth1::hmac_sha1()
            ->make_key(client.app.secret(), coauth::secret(std::string_view(token_secret)))
            ->sign(base, signature)
            .value();
        main.emplace_back("oauth_signature", signature);

        auto r = client.bare(method, target + (query.empty() ? "" : '?' + oauth1::encode_form(query)),
            form.empty() ? body : oauth1::encode_form(form),
            form.empty() ? content_type : "application/x-www-form-urlencoded;charset=UTF-8");
        if (!header.empty()) {
            const auto text = oauth1::write_authorization_header(header, realm);
            r.headers.add("Authorization", spoil ? spoil(text) : text);
        }
        return r;
    }

    bool main_elsewhere = false; ///< The rest of the protocol parameters is in query or form, not in the header.
};

placed_request leg_1(std::string method = "POST")
{
    placed_request r;
    r.method = std::move(method);
    r.header.emplace_back("oauth_callback", "oob");
    return r;
}

std::string replaced_all(std::string text, std::string_view part, std::string_view by)
{
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + by.size()))
        text.replace(at, part.size(), by);
    return text;
}

} // namespace

TEST_CASE("sandbox tolerances: what mode x takes, strict refuses and says so")
{
    struct row {
        const char* name;
        std::function<placed_request()> make;
        int strict_status;
    };
    const auto in_query = [](std::string method) {
        placed_request r;
        r.method = std::move(method);
        r.main_elsewhere = true;
        r.query.emplace_back("oauth_callback", "http://127.0.0.1/cb");
        return r;
    };
    const auto versioned = [](std::string version) {
        return [version] {
            auto r = leg_1();
            r.header.emplace_back("oauth_version", version);
            return r;
        };
    };
    const auto spoilt = [](std::function<std::string(std::string)> change) {
        return [change] {
            auto r = leg_1();
            r.spoil = change;
            return r;
        };
    };
    const row table[] = {
        {"GET", [] { return leg_1("GET"); }, 405},
        {"GET, all in the query", [&] { return in_query("GET"); }, 405},
        {"GET, callback and access type in the query beside the header",
            [] {
                placed_request r;
                r.method = "GET";
                r.query.emplace_back("oauth_callback", "oob");
                r.query.emplace_back("x_auth_access_type", "read");
                return r;
            },
            405},
        {"version 1.0A", versioned("1.0A"), 400},
        {"version 1.0a", versioned("1.0a"), 400},
        {"no callback", [] { return placed_request(); }, 400},
        {"callback in the query",
            [] {
                placed_request r;
                r.query.emplace_back("oauth_callback", "oob");
                return r;
            },
            400},
        {"no quotes", spoilt([](std::string text) { return replaced_all(std::move(text), "\"", ""); }), 400},
        {"a comma at the end", spoilt([](std::string text) { return text + ','; }), 400},
        {"a comma at the beginning", spoilt([](std::string text) { return replaced_all(text, "OAuth ", "OAuth ,"); }),
            400},
        {"a parameter that is not oauth_ and not signed",
            spoilt([](std::string text) { return text + ", extra=\"1\""; }), 401},
        {"realm twice", spoilt([](std::string text) { return text + ", realm=\"a\", realm=\"b\""; }), 400},
    };
    for (const auto& t : table) {
        CAPTURE(std::string(t.name));
        signing_client careful(strict());
        CHECK(careful.send(t.make().sign(careful)).status == t.strict_status);
        CHECK(tells(careful.last_entry(), "mode x takes"));
        signing_client easy(tolerant());
        const auto response = easy.send(t.make().sign(easy));
        CHECK(response.status == 200);
        CHECK(response.body.find("oauth_callback_confirmed=true") != std::string::npos);
    }
}

TEST_CASE("sandbox tolerances: what both modes take")
{
    const std::pair<const char*, std::function<placed_request()>> table[] = {
        {"realm",
            [] {
                auto r = leg_1();
                r.realm = "https://api.x.com/";
                return r;
            }},
        {"all in a form body with a charset",
            [] {
                placed_request r;
                r.main_elsewhere = true;
                r.form.emplace_back("oauth_callback", "oob");
                return r;
            }},
        {"all in the query",
            [] {
                placed_request r;
                r.main_elsewhere = true;
                r.query.emplace_back("oauth_callback", "oob");
                return r;
            }},
        {"form without a body",
            [] {
                auto r = leg_1();
                r.content_type = "application/x-www-form-urlencoded";
                return r;
            }},
        {"scheme in upper case",
            [] {
                auto r = leg_1();
                r.spoil = [](std::string text) { return replaced_all(std::move(text), "OAuth ", "OAUTH "); };
                return r;
            }},
        {"no blanks",
            [] {
                auto r = leg_1();
                r.spoil = [](std::string text) { return replaced_all(std::move(text), ", ", ","); };
                return r;
            }},
        {"many blanks",
            [] {
                auto r = leg_1();
                r.spoil = [](std::string text) { return replaced_all(std::move(text), ", ", " ,\t  "); };
                return r;
            }},
        {"an empty token",
            [] {
                auto r = leg_1();
                r.header.emplace_back("oauth_token", "");
                return r;
            }},
        {"version 1.0",
            [] {
                auto r = leg_1();
                r.header.emplace_back("oauth_version", "1.0");
                return r;
            }},
    };
    for (const auto& t : table) {
        CAPTURE(std::string(t.first));
        for (const auto& o : {strict(), tolerant()}) {
            signing_client client(o);
            CHECK(client.send(t.second().sign(client)).status == 200);
        }
    }
}

TEST_CASE("sandbox tolerances: neither mode takes a wrong version, another method or an odd callback")
{
    for (const auto& o : {strict(), tolerant()}) {
        signing_client client(o);
        auto version = leg_1();
        version.header.emplace_back("oauth_version", "2.0");
        CHECK(client.send(version.sign(client)).status == 400);
        CHECK_FALSE(tells(client.last_entry(), "mode x takes"));
        CHECK(client.send(leg_1("PUT").sign(client)).status == 405);
        CHECK_FALSE(tells(client.last_entry(), "mode x takes"));
        CHECK(client.leg1("javascript:alert(1)").status == 403);
        auto get_bearer = client.bare("GET", "/oauth2/token");
        CHECK(client.send(get_bearer).status == 405);
    }
}

TEST_CASE("sandbox tolerances: leg 3 with the verifier, or all, in the query, by GET or POST")
{
    for (const std::string method : {"GET", "POST"})
        for (const bool with_secret : {true, false})
            for (const bool token_in_query : {true, false}) {
                CAPTURE(method);
                CAPTURE(with_secret);
                CAPTURE(token_in_query);
                const auto status_of_leg = [&](const sandbox::options& o) {
                    signing_client client(o);
                    const auto login = client.begin();
                    placed_request r;
                    r.method = method;
                    r.target = "/oauth/access_token";
                    r.query.emplace_back("oauth_verifier", client.allow(login));
                    (token_in_query ? r.query : r.header).emplace_back("oauth_token", login.token());
                    r.token_secret = with_secret ? std::string(login.secret().reveal()) : "";
                    return client.send(r.sign(client)).status;
                };
                CHECK(status_of_leg(tolerant()) == 200);
                CHECK(status_of_leg(strict()) == (method == "GET" ? 405 : 400));
            }
}

TEST_CASE("sandbox tolerances: without a callback the app's own is used, and without one of its own a PIN")
{
    auto o = tolerant();
    o.seed = R"({"consumers":[{"key":"listed","secret":"s","callbacks":["https://app.example/cb","https://b.example/"]},
                              {"key":"desktop","secret":"s","callbacks":[]}]})";
    signing_client client(o);
    const auto allowed = [&] {
        const auto begun = oauth1::parse_request_token_reply(client.send(placed_request().sign(client)).body).value();
        return client.submit("/oauth/authorize", "allow=1&user=user_1&oauth_token=" + begun.token());
    };
    CHECK(allowed().body.find("<code>") != std::string::npos);
    client.app = oauth1::consumer("desktop", coauth::secret("s"));
    CHECK(allowed().body.find("<code>") != std::string::npos);
    client.app = oauth1::consumer("listed", coauth::secret("s"));
    CHECK(allowed().headers.get("Location").starts_with("https://app.example/cb?oauth_token="));
}
