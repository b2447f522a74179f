// Each fault of a base string that the verifier can name: a request signed with exactly that fault, and what is said.
#include "explained.hpp"
#include "oauth1/explain/draft.hpp"
#include "oauth1/explain/faults.hpp"
#include "unit/oauth1/changed_text.hpp"
#include "vectors/oauth1_vectors.hpp"

#include <coauth/text/percent_encoding.hpp>

#include <functional>
#include <set>

using namespace coauth;
using namespace coauth::oauth1;
using by_hand::explain;
using by_hand::outcome;
using by_hand::replace;
using by_hand::replace_all;
using by_hand::request;

namespace {

// The protocol parameters as the base string has them between others.
const std::string protocol =
    "oauth_consumer_key%3Dapp%26oauth_nonce%3Dn-1%26oauth_signature_method%3DHMAC-SHA1%26oauth_timestamp%"
    "3D1700000000%26oauth_token%3Dtoken-1%26oauth_version%3D1.0";

} // namespace

TEST_CASE("explain: the draft of a request is its base string")
{
    for (const auto& v : vectors::house()) {
        request r;
        r.method = v.text("method");
        const std::string base = v.text("base_string");
        const auto first = base.find('&');
        const auto second = base.find('&', first + 1);
        r.url = text::percent_decode(std::string_view(base).substr(first + 1, second - first - 1)).value();
        r.oauth.clear();
        parameters query;
        for (const auto& p : v.params("params"))
            (p.first.starts_with("oauth_") ? r.oauth : query).push_back(p);
        if (!query.empty())
            r.url += '?' + encode_form(query);
        r.put(v.text("signature"));
        claims c;
        const auto arrived = r.arrive();
        const auto refused = read_claims(arrived, verifier_options(), c);
        CAPTURE(v.text("name"));
        REQUIRE_FALSE(refused.has_value());
        CHECK(draft(c).base_string() == base);
    }
}

TEST_CASE("explain: each usual fault of a base string is named")
{
    struct row {
        std::string_view says;
        std::function<void(request&)> make;
        std::function<std::string(std::string)> wrong; // the right base string made wrong
    };
    const auto post = [](std::string body) {
        return [body](request& r) {
            r.method = "POST";
            r.form = true;
            r.body = body;
        };
    };
    const auto query = [](std::string text) {
        return [text](request& r) { r.url = "https://api.example.com/1/lookup?" + text; };
    };
    const auto url = [](std::string text) { return [text](request& r) { r.url = text; }; };
    const auto as_it_is = [](request&) {};
    const auto swap = [](std::string before, std::string after) {
        return [before, after](std::string base) { return replace(std::move(base), before, after); };
    };
    const auto callback = [](request& r) {
        r.method = "POST";
        r.set("oauth_callback", "https://app.example/a?b=c d");
    };

    const std::vector<row> table = {
        // Method
        {"the method differs: another one", as_it_is, swap("GET&", "POST&")},
        {"the method differs: another one", [](request& r) { r.method = "POST"; }, swap("POST&", "GET&")},
        {"the method differs: another one", [](request& r) { r.method = "POST"; }, swap("POST&", "PUT&")},
        {"the method differs: another one", as_it_is, swap("GET&", "DELETE&")},
        {"the method differs: it was signed in the case", as_it_is, swap("GET&", "get&")},

        // URI
        {"the scheme differs", as_it_is, swap("https%3A", "http%3A")},
        {"the scheme differs", url("http://api.example.com/a"), swap("http%3A", "https%3A")},
        {"the scheme differs", as_it_is, swap("https%3A%2F%2Fapi.example.com", "http%3A%2F%2Fapi.example.com%3A443")},
        {"the scheme differs", url("https://api.example.com:8443/a"),
            swap("https%3A%2F%2Fapi.example.com%3A8443", "http%3A%2F%2Fapi.example.com")},
        {"the port differs", as_it_is, swap("example.com", "example.com%3A443")},
        {"the port differs", url("http://api.example.com/a"), swap("example.com", "example.com%3A80")},
        {"the port differs", url("https://api.example.com:8443/a"), swap("%3A8443", "")},
        {"the host differs: it was signed in the case", url("https://API.Example.com/a"),
            swap("api.example.com", "API.Example.com")},
        {"the host differs: another name", url("https://api.x.com/a"), swap("api.x.com", "api.twitter.com")},
        {"the host differs: another name", url("https://127.0.0.1:8443/a"), swap("127.0.0.1", "localhost")},
        {"the provider's own was signed", url("https://127.0.0.1:8443/a"), swap("127.0.0.1%3A8443", "api.twitter.com")},
        {"the provider's own was signed", url("https://127.0.0.1:8443/a"), swap("127.0.0.1%3A8443", "api.x.com")},
        {"the path differs: it was decoded", url("https://api.example.com/a%20b"), swap("a%2520b", "a%20b")},
        {"the path differs: an empty path", url("https://api.example.com?a=b"),
            swap("example.com%2F&", "example.com&")},
        {"the path differs by a slash", as_it_is, swap("lookup&", "lookup%2F&")},
        {"the path differs by a slash", url("https://api.example.com/a/"), swap("a%2F&", "a&")},
        {"without its .json", url("https://api.example.com/a.json"), swap("a.json&", "a&")},
        {"with two slashes at its beginning", as_it_is, swap("example.com%2F1", "example.com%2F%2F1")},
        {"only its path was signed", as_it_is, swap("https%3A%2F%2Fapi.example.com", "")},

        // Which parameters
        {"the query was not signed", as_it_is, swap("name%3Djack%26", "")},
        {"the query was signed as part of it; ", as_it_is,
            [](std::string base) {
                return replace(replace(std::move(base), "name%3Djack%26", ""), "lookup&", "lookup%3Fname%3Djack&");
            }},
        {"the query was signed as part of it too", as_it_is, swap("lookup&", "lookup%3Fname%3Djack&")},
        {"the form body was not signed", post("status=Hi"), swap("%26status%3DHi", "")},
        {"neither query nor form body", post("status=Hi"),
            [](std::string base) {
                return replace(replace(std::move(base), "%26status%3DHi", ""), "name%3Djack%26", "");
            }},
        {"a body that is not a form was signed",
            [](request& r) {
                r.method = "POST";
                r.body = R"({"text":"hi"})";
                r.content_type = "application/json";
            },
            swap("name%3D", "%257B%2522text%2522%253A%2522hi%2522%257D%3D%26name%3D")},
        {"the members of the JSON body were signed",
            [](request& r) {
                r.method = "POST";
                r.body = R"( {"text" : "h\u00e9\"\ud83d\ude00", "count":-1.5e3, "yes":true } )";
                r.content_type = "application/json";
            },
            [](std::string base) {
                return replace(replace(std::move(base), "name%3Djack", "count%3D-1.5e3%26name%3Djack"), "version%3D1.0",
                    "version%3D1.0%26text%3Dh%25C3%25A9%2522%25F0%259F%2598%2580%26yes%3Dtrue");
            }},
        {"the fields of the multipart body were signed",
            [](request& r) {
                r.method = "POST";
                r.body = "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx y\r\n--b\r\nContent-Disposition: "
                         "form-data; name=\"f\"; filename=\"f\"\r\n\r\nfile\r\n--b--\r\n";
                r.content_type = "multipart/form-data; boundary=b";
            },
            swap("name%3Djack", "a%3Dx%2520y%26name%3Djack")},
        {"an empty oauth_signature was signed", as_it_is,
            swap("%26oauth_signature_method", "%26oauth_signature%3D%26oauth_signature_method")},
        {"oauth_timestamp was made once to sign", as_it_is, swap("1700000000", "1699999999")},
        {"those of the query were signed twice", as_it_is, swap("name%3Djack", "name%3Djack%26name%3Djack")},
        {"there is an & behind the last one", as_it_is, [](std::string base) { return base + "%26"; }},
        {"oauth_token was not signed", as_it_is, swap("%26oauth_token%3Dtoken-1", "")},
        {"an empty oauth_token was signed", [](request& r) { r.drop("oauth_token").token_secret = ""; },
            swap("%26oauth_version", "%26oauth_token%3D%26oauth_version")},
        {"oauth_version was sent but not signed", as_it_is, swap("%26oauth_version%3D1.0", "")},
        {"oauth_version was signed but not sent", [](request& r) { r.drop("oauth_version"); },
            [](std::string base) { return base + "%26oauth_version%3D1.0"; }},
        {"oauth_callback was added after signing", callback,
            swap("oauth_callback%3Dhttps%253A%252F%252Fapp.example%252Fa%253Fb%253Dc%2520d%26", "")},
        {"oauth_verifier was added after signing", [](request& r) { r.set("oauth_verifier", "0123456"); },
            swap("%26oauth_verifier%3D0123456", "")},
        {"oauth_body_hash was added after signing", [](request& r) { r.set("oauth_body_hash", "abc"); },
            swap("oauth_body_hash%3Dabc%26", "")},
        {"the realm was signed", [](request& r) { r.realm = "Photos"; },
            [](std::string base) { return base + "%26realm%3DPhotos"; }},
        {"don't begin with oauth_ were not signed", [](request& r) { r.set("extra", "1"); }, swap("extra%3D1%26", "")},
        {"one of several with the same name was dropped", query("a=1&a=2"), swap("%26a%3D2", "")},
        {"one of several with the same name was dropped", query("a=1&a=2"), swap("a%3D1%26", "")},
        {"those with an empty value were dropped", query("a=&b=1"), swap("a%3D%26", "")},
        {"without its \"=\"", query("a=&b=1"), swap("a%3D%26", "a%26")},

        // Order
        {"the texts name=value were sorted", query("a=1&a-b=2"), swap("a%3D1%26a-b%3D2", "a-b%3D2%26a%3D1")},
        {"sorted before they were encoded", query("az=1&a%7B=2"), swap("a%257B%3D2%26az%3D1", "az%3D1%26a%257B%3D2")},
        {"values of the same name were not sorted", query("a=2&a=1"), swap("a%3D1%26a%3D2", "a%3D2%26a%3D1")},
        {"without regard to case", query("a=1&B=2"), swap("B%3D2%26a%3D1", "a%3D1%26B%3D2")},
        {"the parameters were not sorted", query("z=1&a=2"),
            [](std::string base) {
                return base.substr(0, base.rfind('&') + 1) +
                       "z%3D1%26a%3D2%26oauth_consumer_key%3Dapp%26oauth_token%3Dtoken-1%26oauth_signature_method%"
                       "3DHMAC-SHA1%26oauth_timestamp%3D1700000000%26oauth_nonce%3Dn-1%26oauth_version%3D1.0";
            }},
        {"the parameters were not sorted", query("z=1&a=2"),
            [](std::string base) {
                return base.substr(0, base.rfind('&') + 1) +
                       "oauth_consumer_key%3Dapp%26oauth_token%3Dtoken-1%26oauth_signature_method%3DHMAC-SHA1%26oauth_"
                       "timestamp%3D1700000000%26oauth_nonce%3Dn-1%26oauth_version%3D1.0%26z%3D1%26a%3D2";
            }},

        // Encoding
        {"a + in query or form body was signed as a plus", query("a=b+c"), swap("b%2520c", "b%252Bc")},
        {"a + in query or form body was signed as a plus", post("status=b+c"), swap("b%2520c", "b%252Bc")},
        {"a space was signed as +", query("a=b%20c"), swap("b%2520c", "b%2Bc")},
        {"reserved characters such as", query("a=%21%2A%27%28%29"), swap("%2521%252A%2527%2528%2529", "!*'()")},
        {"reserved characters such as", query("a=%21%2A%27%28%29"),
            swap("%2521%252A%2527%2528%2529", "%21%2A%27%28%29")},
        {"a form encoder was used", query("a=~%2A%20b"), swap("~%252A%2520b", "%257E*%2Bb")},
        {"~ was encoded", query("a=~b"), swap("~b", "%257Eb")},
        {"/ was left alone", query("a=b%2Fc"), swap("b%252Fc", "b%2Fc")},
        {"/ was left alone and a space", query("a=b%2Fc%20d"), swap("b%252Fc%2520d", "b%2Fc%2Bd")},
        {"square brackets or commas", query("a%5B0%5D=b"), swap("a%255B0%255D", "a%5B0%5D")},
        {"square brackets or commas", query("a=b,c"), swap("b%252Cc", "b%2Cc")},
        {"lower-case hex digits", query("a=b%3Fc"),
            [](std::string base) {
                return replace(
                    replace_all(replace_all(replace_all(std::move(base), "%3A", "%3a"), "%2F", "%2f"), "%3D", "%3d"),
                    "%253F", "%253f");
            }},
        {"lower-case hex digits", query("a=b%3Fc"), swap("%253F", "%253f")},
        {"was signed as it was sent", query("a=%3f&b=%3F!"),
            swap("a%3D%253F%26b%3D%253F%2521", "a%3D%253f%26b%3D%253F%21")},
        {"as Latin-1", query("a=%C3%A9"), swap("%25C3%25A9", "%25E9")},
        {"as UTF-8 twice", query("a=%C3%A9"), swap("%25C3%25A9", "%25C3%2583%25C2%25A9")},
        {"encoded again without being decoded", query("a=b%20c"), swap("b%2520c", "b%252520c")},
        {"the callback differs: it was not encoded", callback,
            swap("https%253A%252F%252Fapp.example%252Fa%253Fb%253Dc%2520d",
                "https%3A%2F%2Fapp.example%2Fa%3Fb%3Dc%20d")},
        {"the callback differs: it was encoded twice before", callback,
            swap("https%253A%252F%252Fapp.example%252Fa%253Fb%253Dc%2520d",
                "https%25253A%25252F%25252Fapp.example%25252Fa%25253Fb%25253Dc%252520d")},
        {"the callback differs: it was sent encoded twice",
            [](request& r) { r.set("oauth_callback", "https%3A%2F%2Fapp.example%2F"); },
            swap("https%25253A%25252F%25252Fapp.example%25252F", "https%253A%252F%252Fapp.example%252F")},
        {"encoded once too often",
            [](request& r) {
                r.url = "https://api.example.com/a?a=b%20c";
                r.set("oauth_nonce", "n 1");
            },
            [](std::string base) {
                return replace(replace(std::move(base), "b%2520c", "b%252520c"), "n%25201", "n%2525201");
            }},
        {"encoded once too often", query("a=b%20c"),
            [](std::string base) {
                const auto at = base.rfind('&') + 1;
                return base.substr(0, at) + text::percent_encode(base.substr(at));
            }},
        {"were not encoded before they were joined", query("a=b%20c"), swap("b%2520c", "b%20c")},
        {"were not encoded once more", query("a=b%20c"),
            [](std::string base) {
                const auto at = base.rfind('&') + 1;
                return base.substr(0, at) + text::percent_decode(base.substr(at)).value();
            }},
        {"its parts were joined without being encoded", as_it_is,
            [](std::string base) { return text::percent_decode(base).value(); }},

        // Pairs
        {"as a GET without its form body", post("status=Hi"),
            [](std::string base) { return replace(replace(std::move(base), "%26status%3DHi", ""), "POST&", "GET&"); }},
    };

    std::set<std::string> said;
    for (const row& t : table) {
        CAPTURE(t.says);
        request r;
        t.make(r);
        const std::string right = r.base_string();
        const std::string wrong = t.wrong(right);
        REQUIRE(wrong != right);
        r.sign_text(wrong);
        const auto found = explain(r);
        CHECK(outcome(found) == "bad_signature");
        CHECK(found.base_string == right);
        CHECK(found.detail.find(t.says) != std::string::npos);
        CHECK(found.detail.back() != '.');
        CAPTURE(found.detail);
        said.insert(found.detail);
    }
    for (const auto faults : signing_faults())
        for (const signing_fault& fault : faults) {
            CAPTURE(fault.sentence);
            CHECK(said.contains(std::string(fault.sentence))); // no fault without its row
        }
}

TEST_CASE("explain: the base strings of the table above are those of RFC 5849")
{
    CHECK(request().base_string() == "GET&https%3A%2F%2Fapi.example.com%2F1%2Flookup&name%3Djack%26" + protocol);
}
