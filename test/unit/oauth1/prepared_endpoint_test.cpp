#include "allocation_failure.hpp"
#include "vectors/oauth1_vectors.hpp"

#include <coauth/oauth1/base_string.hpp>
#include <coauth/oauth1/parameters.hpp>
#include <coauth/oauth1/prepared_endpoint.hpp>
#include <coauth/text/percent_encoding.hpp>

#include <cstdint>
#include <ctime>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace coauth;
using namespace coauth::oauth1;

namespace {

const consumer known_app("coauth-ck-1", secret("coauth-cs-1"));
const access_token known_user("coauth-tk-1", secret("coauth-ts-1"));
const moment known_moment("nonce-1", 1700000000);

std::string header_by_endpoint(
    const prepared_endpoint& endpoint, const std::vector<std::string>& values, const moment& when)
{
    const std::vector<std::string_view> views(values.begin(), values.end());
    std::string out;
    endpoint.sign(views, when, out).value();
    return out;
}

// The general signer's, for the same parameters in the query.
std::string header_by_signer(
    const signer& by, const std::vector<std::string>& names, const std::vector<std::string>& values, const moment& when)
{
    parameters query;
    for (std::size_t i = 0; i < names.size(); ++i)
        query.emplace_back(names[i], values[i]);
    const std::string url = "https://api.x.com/1.1/a%20b.json?" + encode_form(query);
    std::string out;
    by.sign(message("get", url), when, out).value();
    return out;
}

// Signs as HMAC-SHA1 does, but offers no key that has read the beginning.
class plain_method final : public signature_algorithm {
public:
    std::string_view name() const noexcept override { return hmac_sha1()->name(); }
    std::unique_ptr<const signing_key> make_key(
        const secret& consumer_secret, const secret& token_secret) const override
    {
        return std::make_unique<plain_key>(hmac_sha1()->make_key(consumer_secret, token_secret));
    }
    std::string body_hash(std::string_view) const override { return ""; }

private:
    struct plain_key final : signing_key {
        explicit plain_key(std::unique_ptr<const signing_key> key) : inner(std::move(key)) {}
        result<void> sign(std::string_view text, std::string& out) const override { return inner->sign(text, out); }
        bool verify(std::string_view, std::string_view) const override { return false; }
        std::unique_ptr<const signing_key> inner;
    };
};

const std::string* protocol_value(const parameters& list, std::string_view name)
{
    return find(list, name);
}

// [prepared_endpoint
using use_header = std::function<void(const std::string& name, const std::string& header)>;

void sign_all(const signer& user, const std::vector<std::string>& names, const use_header& use)
{
    const prepared_endpoint show(user, "GET", "https://api.x.com/1.1/users/show.json", {"screen_name"});
    moment now;
    std::string header;
    for (const std::string& name : names) {
        now.renew(std::time(nullptr)); // another nonce
        header.clear();
        show.sign({name}, now, header).value(); // throws coauth::error
        use(name, header);
    }
}
// ]

} // namespace

TEST_CASE("prepared endpoint: the program of the documents signs each name with a nonce of its own")
{
    std::vector<std::string> headers;
    sign_all(signer(known_app, known_user), {"jack", "jack"}, [&](const std::string& name, const std::string& header) {
        CHECK(name == "jack");
        CHECK(header.starts_with("OAuth oauth_consumer_key=\"coauth-ck-1\", oauth_nonce=\""));
        headers.push_back(header);
    });
    REQUIRE(headers.size() == 2);
    CHECK(headers[0] != headers[1]);
}

TEST_CASE("prepared endpoint: a timestamp is that of its moment, whichever came before")
{
    const signer by(known_app, known_user);
    const prepared_endpoint endpoint(by, "GET", "https://api.x.com/1.1/a%20b.json", {"id"});
    for (const std::int64_t timestamp :
        {1'700'000'000LL, 9LL, 1'700'000'000LL, 1'700'000'001LL, 9'223'372'036'854'775'807LL, 10LL}) {
        CAPTURE(timestamp);
        const moment now("nonce", timestamp);
        const std::string header = header_by_endpoint(endpoint, {"7"}, now);
        CHECK(header.find("oauth_timestamp=\"" + std::to_string(timestamp) + '"') != header.npos);
        CHECK(header == header_by_signer(by, {"id"}, {"7"}, now));
    }
}

TEST_CASE("prepared endpoint: every published and house vector with the usual protocol parameters is reproduced")
{
    int done = 0;
    auto rows = vectors::house();
    for (const auto& v : vectors::published())
        if (v.text("kind") == "hmac")
            rows.push_back(v);
    for (const auto& v : rows) {
        CAPTURE(v.text("name"));
        parameters protocol;
        std::vector<std::string> names;
        std::vector<std::string> values;
        for (const auto& [name, value] : v.params("params")) {
            if (name.starts_with("oauth_")) {
                protocol.emplace_back(name, value);
                continue;
            }
            names.push_back(name);
            values.push_back(value);
        }
        const std::string* const token = protocol_value(protocol, "oauth_token");
        const std::string hash = v.text("hash");
        const signature_method method = hash == "sha1" ? hmac_sha1() : hash == "sha256" ? hmac_sha256() : hmac_sha512();
        const std::string* const sent_method = protocol_value(protocol, "oauth_signature_method");
        if (!protocol_value(protocol, "oauth_version") || !protocol_value(protocol, "oauth_nonce") || !sent_method ||
            *sent_method != method->name() || protocol.size() != (token ? 6 : 5) || (token && token->empty()))
            continue;
        const consumer of_row(*protocol_value(protocol, "oauth_consumer_key"), secret(v.text("consumer_secret")));
        const secret token_secret(v.text("token_secret"));
        const signer by = token ? signer(of_row, access_token(*token, token_secret), method) : signer(of_row, method);
        const std::string uri = v.has("base_uri") ? v.text("base_uri") : v.text("uri");
        const prepared_endpoint endpoint(by, v.text("method"), uri.substr(0, uri.find('?')), names);
        const moment when(
            *protocol_value(protocol, "oauth_nonce"), std::stoll(*protocol_value(protocol, "oauth_timestamp")));
        const std::string expected = v.has("signature") ? v.text("signature") : v.text("expected");
        CHECK(header_by_endpoint(endpoint, values, when)
                  .ends_with("oauth_signature=\"" + text::percent_encode(expected) + '"'));
        ++done;
    }
    CHECK(done >= 30);
}

TEST_CASE("prepared endpoint: for any names and values the header is the one of the general signer")
{
    const std::vector<std::vector<std::string>> all_names = {{}, {"a"}, {"screen_name", "user_id"},
        {"user_id", "screen_name"}, {"a", "z"}, {"z", "a"}, {"a", "b", "c", "p", "x", "y"}, {"a", "a"},
        {"z", "a", "z", "a", "z"}, {""}, {"", ""}, {"a", "a b", "a-b", "a.b", "aB", "a_b", "a~b", "a%b", "ab"},
        {"oauth", "oauth-a", "oauthA", "oauth~", "oauth a", "oauti"}, {"\xc3\xa9", "e", "\xe2\x98\x83", "\xc3\xa9"},
        {"a&b", "a=b", "a", "a"}};
    const std::vector<std::string> odd = {"", "1", "a b", "a+b", "a%b", "a&b=c", "\xc3\xa9", "\xe2\x98\x83",
        std::string(1, '\0'), std::string("\x01\x7f\xff"), "-._~", "!*'()", "~", "a", "A", "a", "0", "%25",
        std::string(300, '/'), std::string(20'000, 'x')};
    const std::vector<signature_method> methods = {
        hmac_sha1(), hmac_sha256(), hmac_sha512(), plaintext(), std::make_shared<plain_method>()};
    for (const auto& method : methods)
        for (const bool with_token : {false, true}) {
            const signer by = with_token ? signer(known_app, known_user, method) : signer(known_app, method);
            for (const auto& names : all_names) {
                const prepared_endpoint endpoint(by, "gEt", "HTTPS://API.x.com:443/1.1/a%20b.json", names);
                for (std::size_t first = 0; first < odd.size(); ++first)
                    for (const std::size_t step : {1U, 3U, 7U}) {
                        std::vector<std::string> values;
                        for (std::size_t i = 0; i < names.size(); ++i)
                            values.push_back(odd[(first + i * step) % odd.size()]);
                        CHECK(header_by_endpoint(endpoint, values, known_moment) ==
                              header_by_signer(by, names, values, known_moment));
                    }
            }
            const prepared_endpoint endpoint(by, "GET", "https://api.x.com/1.1/a%20b.json", {"a"});
            for (const char* nonce : {"n", "a/b+c=", "~", "%25", "\"'\\"})
                for (const std::int64_t time : {1LL, 1700000000LL, 9223372036854775807LL}) {
                    const moment when(nonce, time);
                    CHECK(header_by_endpoint(endpoint, {"b"}, when) == header_by_signer(by, {"a"}, {"b"}, when));
                }
        }
}

TEST_CASE("prepared endpoint: equal names sort by their encoded values")
{
    const signer by(known_app, known_user);
    const prepared_endpoint endpoint(by, "GET", "https://h/", {"a", "a", "b", "a"});
    // "~" is the last octet that is not escaped; an escaped one comes before all of those.
    const std::string header = header_by_endpoint(endpoint, {"~", "\xff", "0", "-"}, known_moment);
    const auto e = by.explain(message("GET", "https://h/?a=%FF&a=-&a=~&b=0"), known_moment).value();
    CHECK(e.normalized.starts_with("a=%FF&a=-&a=~&b=0&oauth_consumer_key="));
    CHECK(header == e.authorization);
    CHECK(header == header_by_endpoint(endpoint, {"-", "~", "0", "\xff"}, known_moment));
    CHECK(header != header_by_endpoint(endpoint, {"-", "~", "\xff", "0"}, known_moment));
}

TEST_CASE("prepared endpoint: what can't be signed is refused")
{
    const signer by(known_app, known_user);
    const auto reason_of = [](const signer& signing, const char* method, const char* url, const char* name) {
        try {
            const prepared_endpoint made(signing, method, url, {"a", name});
        } catch (const error& refused) {
            return refused.reason() == errc::invalid_argument ? refused.message() : "another error";
        }
        return std::string();
    };
    CHECK(reason_of(by, "GET", "https://h/", "b").empty());
    CHECK(reason_of(by, "", "https://h/", "b").find("method") != std::string::npos);
    CHECK(reason_of(by, "G T", "https://h/", "b").find("method") != std::string::npos);
    CHECK(reason_of(by, "GET", "/relative", "b").find("not absolute") != std::string::npos);
    CHECK(reason_of(by, "GET", "https://h/?", "b").find("has a query") != std::string::npos);
    CHECK(reason_of(by, "GET", "https://h/?c=1", "b").find("has a query") != std::string::npos);
    CHECK(reason_of(by, "GET", "https://h/", "oauth_token").find("oauth_token") != std::string::npos);
    CHECK(reason_of(by, "GET", "https://h/", "oauth_").find("oauth_") != std::string::npos);
    CHECK(reason_of(signer(known_app, plaintext()), "GET", "http://h/", "b").find("https") != std::string::npos);

    const prepared_endpoint endpoint(by, "GET", "https://h/", {"a", "b"});
    std::string out = "before";
    for (const moment& when : {moment("", 1), moment("a b", 1), moment("n\n", 1), moment("n", 0), moment("n", -1)})
        CHECK(endpoint.sign({"1", "2"}, when, out).error().reason() == errc::invalid_argument);
    CHECK(
        endpoint.sign({"1"}, known_moment, out).error().message().find("for 2 parameters, not 1") != std::string::npos);
    CHECK_FALSE(endpoint.sign({"1", "2", "3"}, known_moment, out));
    CHECK(out == "before");
    CHECK(endpoint.sign({"1", "2"}, known_moment, out));
    CHECK(out.starts_with("beforeOAuth oauth_consumer_key="));
}

TEST_CASE("prepared endpoint: outlives its signer, and allocates nothing where its caller uses moment and text again")
{
    auto by = std::make_unique<signer>(known_app, known_user);
    const prepared_endpoint endpoint(*by, "GET", "https://h/", {"a", "b", "b"});
    const std::string expected = header_by_endpoint(endpoint, {"1", "2", "3"}, known_moment);
    by.reset();
    CHECK(header_by_endpoint(endpoint, {"1", "2", "3"}, known_moment) == expected);

    moment fresh;
    std::string header;
    header.reserve(1000);
    const auto allocations = [&] {
        constexpr std::size_t plenty = 1'000'000;
        header.clear();
        coauth::testing::allocations_until_failure = plenty;
        fresh.renew(1700000000);
        const bool succeeded = endpoint.sign({"1", "2", "3"}, fresh, header).has_value();
        const std::size_t left = std::exchange(coauth::testing::allocations_until_failure, 0);
        REQUIRE(succeeded);
        return plenty - left;
    };
    CHECK(allocations() > 0); // of the nonce
    CHECK(allocations() == 0);
}
