// Requests that are signed wrongly in one known way, sent to a running sandbox; and what it reports of them.
#pragma once

#include "oauth1/claims.hpp"
#include "oauth1/explain/draft.hpp"
#include "oauth1/explain/faults.hpp"
#include "raw_client.hpp"
#include "vectors/oauth1_vectors.hpp"

#include <coauth/oauth1/authorization_header.hpp>
#include <coauth/server/page.hpp>
#include <coauth/text/percent_encoding.hpp>

#include <boost/asio/read_until.hpp>
#include <boost/json.hpp>

#include <doctest/doctest.h>

#include <mutex>
#include <optional>
#include <set>

namespace sandbox_test {

inline const std::string explained_app_secret = "app secret/1";
inline const std::string token_secret = "token+secret";
inline const std::string right_key = "app%20secret%2F1&token%2Bsecret";
inline const std::string token = "11-abcdefghijklmnop";

/// One TLS connection for many requests.
class kept_connection {
public:
    explicit kept_connection(sandbox::provider& p) : stream_(io_, context(p))
    {
        stream_.set_verify_mode(asio::ssl::verify_peer);
        stream_.set_verify_callback(asio::ssl::host_name_verification("127.0.0.1"));
        stream_.next_layer().connect(endpoint_of(p.url()));
        stream_.handshake(asio::ssl::stream_base::client);
    }

    /// The whole response, which has a Content-Length.
    std::string exchange(const std::string& request)
    {
        asio::write(stream_, asio::buffer(request));
        std::string bytes;
        const auto head = asio::read_until(stream_, asio::dynamic_buffer(bytes), "\r\n\r\n");
        const auto whole = head + std::stoul(between(bytes, "Content-Length: ", "\r\n"));
        if (bytes.size() < whole)
            asio::read(stream_, asio::dynamic_buffer(bytes), asio::transfer_exactly(whole - bytes.size()));
        return bytes;
    }

private:
    asio::ssl::context& context(sandbox::provider& p)
    {
        tls_.load_verify_file(p.ca_file());
        return tls_;
    }

    asio::io_context io_;
    asio::ssl::context tls_{asio::ssl::context::tls_client};
    asio::ssl::stream<asio::ip::tcp::socket> stream_;
};

/// A request that a client might make, before it is signed.
struct unsigned_request {
    explicit unsigned_request(std::string target_of_it = "/2/users/me", std::string method_of_it = "GET")
        : method(std::move(method_of_it)), target(std::move(target_of_it))
    {
        oauth.emplace_back("oauth_consumer_key", "app");
        oauth.emplace_back("oauth_nonce", "n-1");
        oauth.emplace_back("oauth_signature_method", "HMAC-SHA1");
        oauth.emplace_back("oauth_timestamp", std::to_string(seconds_now()));
        oauth.emplace_back("oauth_token", token);
        oauth.emplace_back("oauth_version", "1.0");
    }

    unsigned_request& set(const std::string& name, std::string value)
    {
        drop(name);
        oauth.emplace_back(name, std::move(value));
        return *this;
    }

    unsigned_request& drop(std::string_view name)
    {
        std::erase_if(oauth, [&](const auto& p) { return p.first == name; });
        return *this;
    }

    unsigned_request& carry(std::string text, std::string type = "application/x-www-form-urlencoded")
    {
        body = std::move(text);
        content_type = std::move(type);
        return *this;
    }

    unsigned_request& address(std::string name)
    {
        host = std::move(name);
        return *this;
    }

    unsigned_request& name_realm()
    {
        realm = "Photos";
        return *this;
    }

    std::string header(const std::string& signature) const
    {
        auto all = oauth;
        all.emplace_back("oauth_signature", signature);
        return oauth1::write_authorization_header(all, realm);
    }

    std::string text(const std::string& signature) const
    {
        std::string out =
            method + ' ' + target + " HTTP/1.1\r\nHost: " + host + "\r\nAuthorization: " + header(signature) + "\r\n";
        if (!content_type.empty())
            out += "Content-Type: " + content_type + "\r\n";
        return out + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    }

    std::string method, host, target, body, content_type;
    oauth1::parameters oauth;
    std::optional<std::string> realm;
};

/// What the verifier makes of it, as the explainer starts from.
class understood_request {
public:
    explicit understood_request(unsigned_request made)
        : sent(std::move(made)), url_("https://" + sent.host + sent.target), header_(sent.header("x"))
    {
        oauth1::incoming_request arrived;
        arrived.method = sent.method;
        arrived.url = url_;
        arrived.authorization = {header_};
        arrived.content_type = sent.content_type;
        arrived.body = sent.body;
        const auto unreadable = oauth1::read_claims(arrived, oauth1::verifier_options(), claims);
        REQUIRE_FALSE(unreadable.has_value());
        right = oauth1::draft(claims).base_string();
    }

    understood_request(const understood_request&) = delete;
    understood_request& operator=(const understood_request&) = delete;

    std::string with_fault(const oauth1::signing_fault& fault) const
    {
        oauth1::draft changed(claims);
        fault.change(changed, claims);
        return changed.base_string();
    }

    unsigned_request sent;
    oauth1::claims claims;
    std::string right;
    std::set<std::string> explained; ///< Base strings that a fault tried before would explain.

private:
    std::string url_, header_;
};

inline sandbox::options options_with_app(sandbox::mode m)
{
    boost::json::object with_rsa;
    with_rsa["key"] = "rsa";
    with_rsa["secret"] = "s";
    with_rsa["rsa_public_key"] = vectors::house_rsa_public_key();
    sandbox::options o;
    o.mode = m;
    o.seed = R"({"consumers":[{"key":"app","secret":"app secret/1"},)" + boost::json::serialize(with_rsa) +
             R"(],"users":[{"id":"11","username":"ada"}],"access_tokens":[{"token":")" + token +
             R"(","secret":"token+secret","user_id":"11","consumer_key":"app"}]})";
    return o;
}

/// Sends requests to one sandbox, and compares at the end what its journal, its log and its front page say of them.
class explained_requests {
public:
    explicit explained_requests(sandbox::mode m = sandbox::mode::strict) : running_(with_log(m)), line_(*running_) {}

    std::string host() { return running_->url().substr(8); }

    void send(const unsigned_request& sent, const std::string& signature, std::string_view sentence)
    {
        const auto status = status_of(line_.exchange(sent.text(signature)));
        CAPTURE(sentence);
        CHECK((status == 401 || status == 400));
        expected_.emplace_back(sentence);
    }

    void compare()
    {
        const auto entries = boost::json::parse(body_of(control(*running_, "GET", "/journal"))).as_array();
        REQUIRE(entries.size() == expected_.size());
        const auto lines = logged();
        REQUIRE(lines.size() == expected_.size());
        for (std::size_t i = 0; i < expected_.size(); ++i) {
            const auto expected = expected_[i];
            CAPTURE(expected);
            const std::string explanation(entries[i].at("explanation").as_string());
            // Some of them are what mode x tolerates.
            CHECK((explanation == expected || explanation == expected + "; mode x takes it"));
            CHECK(entries[i].at("refused") == "bad_signature");
            CHECK(entries[i].at("base_string").as_string().size() > 10);
            CHECK(lines[i].ends_with(" refused:bad_signature - " + explanation));
            for (const auto& hidden :
                {explained_app_secret, token_secret, token, percent_encode_twice(explained_app_secret)})
                CHECK(boost::json::serialize(entries[i]).find(hidden) == std::string::npos);
        }
        const auto page = line_.exchange("GET / HTTP/1.1\r\nHost: " + running_->url().substr(8) + "\r\n\r\n");
        CHECK(page.find("<b>bad_signature</b>") != std::string::npos);
        CHECK(page.find(coauth::server::escape_html(expected_.back().substr(1))) != std::string::npos);
        CHECK(page.find(token) == std::string::npos);
    }

private:
    std::vector<std::string> logged()
    {
        const std::lock_guard hold(guard_);
        return lines_;
    }

    static std::string percent_encode_twice(const std::string& text)
    {
        return coauth::text::percent_encode(coauth::text::percent_encode(text));
    }

    sandbox::options with_log(sandbox::mode m)
    {
        auto o = options_with_app(m);
        o.log = [this](std::string_view line) {
            const std::lock_guard hold(guard_);
            lines_.emplace_back(line);
        };
        return o;
    }

    std::mutex guard_;
    std::vector<std::string> lines_;
    running_sandbox running_;
    kept_connection line_;
    std::vector<std::string> expected_;
};

} // namespace sandbox_test
