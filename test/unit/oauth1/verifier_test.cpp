#include "signed_by_hand.hpp"
#include "vectors/oauth1_vectors.hpp"

#include <coauth/oauth1/percent_encoding.hpp>
#include <coauth/oauth1/signer.hpp>

#include <functional>
#include <limits>
#include <set>

using namespace coauth;
using namespace coauth::oauth1;
using by_hand::now;
using by_hand::outcome;
using by_hand::place;
using by_hand::records;
using by_hand::request;
using by_hand::verify_once;

namespace {

verifier_options lenient()
{
    verifier_options o;
    o.lenient = true;
    return o;
}

// Keeps the texts of a long line apart from the code.
std::string octets(std::size_t count)
{
    return std::string(count, 'x');
}

std::string without(std::string text, std::string_view piece)
{
    const auto at = text.find(piece);
    REQUIRE(at != text.npos);
    return text.erase(at, piece.size());
}

std::string replaced(std::string text, std::string_view piece, std::string_view by)
{
    const auto at = text.find(piece);
    REQUIRE(at != text.npos);
    return text.replace(at, piece.size(), by);
}

} // namespace

TEST_CASE("a genuine request is taken apart")
{
    request r;
    r.method = "POST";
    r.form = true;
    r.body = "status=Hello+World&oauth=1";
    r.realm = "Photos";
    r.set("oauth_verifier", "0123456").sign();

    verifier v;
    const auto found = v.verify(r.arrive(), records(), now);
    CHECK(outcome(found) == "genuine");
    CHECK(found.http_status == 200);
    CHECK(found.detail.empty());
    CHECK(found.consumer_key == "app");
    CHECK(found.token == "token-1");
    CHECK(*find(found.oauth, "oauth_verifier") == "0123456");
    CHECK(find(found.oauth, "oauth_signature") != nullptr);
    CHECK(found.oauth.size() == 8);
    CHECK(found.request == parameters{{"name", "jack"}, {"status", "Hello World"}, {"oauth", "1"}});
    CHECK(found.base_string == request(r).drop("oauth_signature").base_string());
}

TEST_CASE("requests are genuine wherever their parameters travel")
{
    for (const place where : {place::header, place::form, place::query}) {
        request r;
        r.where = where;
        r.form = where == place::form;
        r.method = "POST";
        CHECK(verify_once(r.sign()) == "genuine");
    }
}

TEST_CASE("the signer's requests are genuine, with every method that has secrets")
{
    const consumer app("app", secret("app secret/1"));
    const access_token user("token-1", secret("token+secret"));
    for (const signature_method& method : {hmac_sha1(), hmac_sha256(), hmac_sha512(), plaintext()}) {
        for (const placement where : {placement::header, placement::query, placement::form}) {
            message m("POST", "https://api.example.com:8443/a%20b?x=1&x=%2b&y", "q=%C3%A9+%21");
            m.realm = "r";
            const auto sent = signer(app, user, method).sign_request(m, moment("n", now), where).value();
            incoming_request in;
            in.method = sent.method;
            in.url = sent.url;
            if (!sent.authorization.empty())
                in.authorization.push_back(sent.authorization);
            in.content_type = "application/x-www-form-urlencoded";
            in.body = sent.form;
            verifier v;
            CHECK(outcome(v.verify(in, records(), now)) == "genuine");
        }
    }
}

TEST_CASE("RSA requests are checked with the consumer's public key, and need no secrets")
{
    records known;
    known.rsa_public_key = vectors::house_rsa_public_key();
    const secret private_key(vectors::house_rsa_private_key());
    for (const signature_method& method : {rsa_sha1(private_key), rsa_sha256(private_key), rsa_sha512(private_key)}) {
        request r;
        r.algorithm = method;
        r.set("oauth_signature_method", std::string(method->name())).sign();
        CHECK(verify_once(r, known) == "genuine");
        verifier without_key;
        const auto no_key = without_key.verify(r.arrive(), records(), now);
        CHECK(outcome(no_key) == "bad_signature");
        CHECK(no_key.detail.find("no usable public key") != std::string::npos);
        records broken;
        broken.rsa_public_key = "-----BEGIN PUBLIC KEY-----\nnonsense\n-----END PUBLIC KEY-----\n";
        CHECK(verify_once(r, broken) == "bad_signature");
        records other = known;
        other.consumer_key = "somebody else";
        CHECK(verify_once(r, other) == "unknown_consumer");
        request forged;
        forged.algorithm = method;
        forged.set("oauth_signature_method", std::string(method->name())).sign_text("another text");
        CHECK(verify_once(forged, known) == "bad_signature");
    }
}

TEST_CASE("each refusal and its status")
{
    struct row {
        std::string_view reason;
        int status;
        std::string_view what;
        std::function<void(request&)> before; // what the client signs
        std::function<void(request&)> after;  // what happens on the way
    };
    const auto nothing = [](request&) {};
    const std::vector<row> table = {
        // No OAuth at all.
        {"no_credentials", 401, "no header", nothing, [](request& r) { r.authorization.clear(); }},
        {"no_credentials", 401, "another scheme", nothing, [](request& r) { r.authorization = {"Bearer abc"}; }},
        {"no_credentials", 401, "only others' parameters", nothing,
            [](request& r) { r.authorization = {R"(OAuth a="b")"}; }},
        {"no_credentials", 401, "protocol parameters in a body that is no form", nothing,
            [](request& r) {
                r.authorization.clear();
                r.body = "oauth_consumer_key=app";
                r.content_type = "text/plain";
            }},

        // Shape.
        {"malformed", 400, "two headers", nothing, [](request& r) { r.authorization.push_back(r.authorization[0]); }},
        {"malformed", 400, "a second header of another scheme", nothing,
            [](request& r) { r.authorization.push_back("Bearer abc"); }},
        {"malformed", 400, "header cut short", nothing, [](request& r) { r.authorization[0].pop_back(); }},
        {"malformed", 400, "value without quotes", nothing, [](request& r) { r.authorization[0] += ", a=b"; }},
        {"malformed", 400, "two realms", nothing, [](request& r) { r.authorization[0] += R"(, realm="a", realm="b")"; }},
        {"malformed", 400, "empty method", nothing, [](request& r) { r.method = ""; }},
        {"malformed", 400, "method with a space", nothing, [](request& r) { r.method = "GET /"; }},
        {"malformed", 400, "endless method", nothing, [](request& r) { r.method = octets(33); }},
        {"malformed", 400, "relative URL", nothing, [](request& r) { r.url = "/1/lookup"; }},
        {"malformed", 400, "no host", nothing, [](request& r) { r.url = "https:///1/lookup"; }},
        {"malformed", 400, "port 0", nothing, [](request& r) { r.url = "https://api.example.com:0/"; }},
        {"malformed", 400, "raw space in the query", nothing, [](request& r) { r.url += "&a=b c"; }},
        {"malformed", 400, "bad % in the query", nothing, [](request& r) { r.url += "&a=%zz"; }},
        {"malformed", 400, "bad % in the form", nothing,
            [](request& r) {
                r.body = "a=%";
                r.content_type = "application/x-www-form-urlencoded";
            }},
        {"malformed", 400, "consumer key too long", [](request& r) { r.set("oauth_consumer_key", octets(129)); }, nothing},
        {"malformed", 400, "consumer key with a newline", [](request& r) { r.set("oauth_consumer_key", "app\n"); }, nothing},
        {"malformed", 400, "token too long", [](request& r) { r.set("oauth_token", octets(257)); }, nothing},
        {"malformed", 400, "token with a newline", [](request& r) { r.set("oauth_token", "token-1\n"); }, nothing},
        {"malformed", 400, "nonce too long", [](request& r) { r.set("oauth_nonce", octets(129)); }, nothing},
        {"malformed", 400, "nonce not printable", [](request& r) { r.set("oauth_nonce", "a\x01"); }, nothing},
        {"malformed", 400, "nonce not ASCII", [](request& r) { r.set("oauth_nonce", "\xc3\xa9"); }, nothing},
        {"malformed", 400, "verifier too long", [](request& r) { r.set("oauth_verifier", octets(513)); }, nothing},
        {"malformed", 400, "callback too long", [](request& r) { r.set("oauth_callback", octets(2049)); }, nothing},
        {"malformed", 400, "NUL in a protocol parameter",
            [](request& r) { r.set("oauth_callback", std::string("a\0b", 3)); }, nothing},
        {"malformed", 400, "protocol parameter with an endless name",
            [](request& r) { r.set("oauth_" + octets(59), "a"); }, nothing},
        {"malformed", 400, "too many protocol parameters",
            [](request& r) {
                for (int i = 0; i < 26; ++i)
                    r.set("oauth_x" + std::to_string(i), "");
            },
            nothing},
        {"malformed", 400, "too many parameters in the query",
            [](request& r) {
                for (int i = 0; i < 1000; ++i)
                    r.url += "&a";
            },
            nothing},
        {"malformed", 400, "too many parameters in query and form together",
            [](request& r) {
                r.form = true;
                r.body = "a";
                for (int i = 0; i < 999; ++i)
                    r.body += "&a";
            },
            nothing},
        {"malformed", 400, "signature too long", nothing,
            [](request& r) { r.authorization[0].insert(r.authorization[0].size() - 1, octets(2049)); }},

        // Twice.
        {"duplicate_parameter", 400, "twice in the header", nothing,
            [](request& r) { r.authorization[0] += R"(, oauth_nonce="n-2")"; }},
        {"duplicate_parameter", 400, "twice in the header with the same value", nothing,
            [](request& r) { r.authorization[0] += R"(, oauth_version="1.0")"; }},
        {"duplicate_parameter", 400, "header and query", nothing, [](request& r) { r.url += "&oauth_nonce=n-1"; }},
        {"duplicate_parameter", 400, "header and query, another parameter", nothing,
            [](request& r) { r.url += "&oauth_verifier=1"; }},
        {"duplicate_parameter", 400, "header and form", nothing,
            [](request& r) {
                r.body = "oauth_verifier=1";
                r.content_type = "Application/X-WWW-Form-Urlencoded; charset=UTF-8";
            }},
        {"duplicate_parameter", 400, "form and query",
            [](request& r) {
                r.where = place::form;
                r.form = true;
            },
            [](request& r) { r.url += "&oauth_a=b"; }},
        {"duplicate_parameter", 400, "twice in the query", [](request& r) { r.where = place::query; },
            [](request& r) { r.url += "&oauth_token=token-1"; }},

        // Missing.
        {"missing_parameter", 400, "no consumer key", [](request& r) { r.drop("oauth_consumer_key"); }, nothing},
        {"missing_parameter", 400, "empty consumer key", [](request& r) { r.set("oauth_consumer_key", ""); }, nothing},
        {"missing_parameter", 400, "no signature method", [](request& r) { r.drop("oauth_signature_method"); }, nothing},
        {"missing_parameter", 400, "no timestamp", [](request& r) { r.drop("oauth_timestamp"); }, nothing},
        {"missing_parameter", 400, "empty timestamp", [](request& r) { r.set("oauth_timestamp", ""); }, nothing},
        {"missing_parameter", 400, "no nonce", [](request& r) { r.drop("oauth_nonce"); }, nothing},
        {"missing_parameter", 400, "empty nonce", [](request& r) { r.set("oauth_nonce", ""); }, nothing},
        {"missing_parameter", 400, "empty signature", nothing,
            [](request& r) {
                auto& text = r.authorization[0];
                text.resize(text.find("oauth_signature=\"") + 17);
                text += '"';
            }},

        // Not offered.
        {"unsupported_method", 400, "no such method", [](request& r) { r.set("oauth_signature_method", "HMAC-MD5"); },
            nothing},
        {"unsupported_method", 400, "method in another case",
            [](request& r) { r.set("oauth_signature_method", "hmac-sha1"); }, nothing},
        {"unsupported_method", 400, "PLAINTEXT over http",
            [](request& r) {
                r.set("oauth_signature_method", "PLAINTEXT");
                r.algorithm = plaintext();
                r.url = "http://api.example.com/";
            },
            nothing},
        {"unsupported_version", 400, "version 1.1", [](request& r) { r.set("oauth_version", "1.1"); }, nothing},
        {"unsupported_version", 400, "version 1", [](request& r) { r.set("oauth_version", "1"); }, nothing},
        {"unsupported_version", 400, "empty version", [](request& r) { r.set("oauth_version", ""); }, nothing},

        // Time.
        {"bad_timestamp", 400, "zero", [](request& r) { r.set("oauth_timestamp", "0"); }, nothing},
        {"bad_timestamp", 400, "negative", [](request& r) { r.set("oauth_timestamp", "-1700000000"); }, nothing},
        {"bad_timestamp", 400, "signed", [](request& r) { r.set("oauth_timestamp", "+1700000000"); }, nothing},
        {"bad_timestamp", 400, "fraction", [](request& r) { r.set("oauth_timestamp", "1700000000.5"); }, nothing},
        {"bad_timestamp", 400, "hex", [](request& r) { r.set("oauth_timestamp", "0x65"); }, nothing},
        {"bad_timestamp", 400, "space", [](request& r) { r.set("oauth_timestamp", " 1700000000"); }, nothing},
        {"bad_timestamp", 400, "over 64 bits", [](request& r) { r.set("oauth_timestamp", "9223372036854775808"); },
            nothing},
        {"bad_timestamp", 400, "endless", [](request& r) { r.set("oauth_timestamp", std::string(500, '1')); }, nothing},
        {"bad_timestamp", 400, "20 digits", [](request& r) { r.set("oauth_timestamp", "00000000001700000000"); },
            nothing},
        {"bad_timestamp", 400, "endless zeros",
            [](request& r) { r.set("oauth_timestamp", std::string(500, '0') + "1700000000"); }, nothing},
        {"timestamp_out_of_window", 401, "milliseconds", [](request& r) { r.set("oauth_timestamp", "1700000000000"); },
            nothing},
        {"timestamp_out_of_window", 401, "the end of time",
            [](request& r) { r.set("oauth_timestamp", "9223372036854775807"); }, nothing},

        // Who.
        {"unknown_consumer", 401, "unknown consumer", [](request& r) { r.set("oauth_consumer_key", "other"); }, nothing},
        {"unknown_token", 401, "unknown token", [](request& r) { r.set("oauth_token", "other"); }, nothing},
        {"unknown_token", 401, "token in another case", [](request& r) { r.set("oauth_token", "TOKEN-1"); }, nothing},
        {"unknown_consumer", 401, "unknown consumer and token",
            [](request& r) { r.set("oauth_consumer_key", "other").set("oauth_token", "other"); }, nothing},

        // Signature.
        {"bad_signature", 401, "another secret", [](request& r) { r.consumer_secret = "wrong"; }, nothing},
        {"bad_signature", 401, "another token secret", [](request& r) { r.token_secret = "wrong"; }, nothing},
        {"bad_signature", 401, "method changed", nothing, [](request& r) { r.method = "DELETE"; }},
        {"bad_signature", 401, "query changed", nothing, [](request& r) { r.url += "&admin=1"; }},
        {"bad_signature", 401, "path changed", nothing,
            [](request& r) { r.url = "https://api.example.com/1/Lookup?name=jack"; }},
        {"bad_signature", 401, "host changed", nothing,
            [](request& r) { r.url = "https://api.example.org/1/lookup?name=jack"; }},
        {"bad_signature", 401, "http for https", nothing,
            [](request& r) { r.url = "http://api.example.com/1/lookup?name=jack"; }},
        {"bad_signature", 401, "form body added", nothing,
            [](request& r) {
                r.body = "a=b";
                r.content_type = "application/x-www-form-urlencoded";
            }},
        {"bad_signature", 401, "nonce changed", nothing,
            [](request& r) { r.authorization[0] = replaced(r.authorization[0], R"("n-1")", R"("n-2")"); }},
        {"bad_signature", 401, "token removed", nothing,
            [](request& r) { r.authorization[0] = without(r.authorization[0], R"(oauth_token="token-1", )"); }},
        {"bad_signature", 401, "unsigned parameter in the header", nothing,
            [](request& r) { r.authorization[0] += R"(, extra="1")"; }},

        // Body hash.
        {"bad_body_hash", 401, "of another body",
            [](request& r) {
                r.body = "{}";
                r.content_type = "application/json";
                r.set("oauth_body_hash", hmac_sha1()->body_hash("{ }"));
            },
            nothing},
        {"bad_body_hash", 401, "of another digest",
            [](request& r) { r.set("oauth_body_hash", hmac_sha256()->body_hash("")); }, nothing},
        {"bad_body_hash", 401, "empty", [](request& r) { r.set("oauth_body_hash", ""); }, nothing},
        {"bad_body_hash", 401, "with a form body",
            [](request& r) {
                r.form = true;
                r.body = "a=b";
                r.set("oauth_body_hash", hmac_sha1()->body_hash("a=b"));
            },
            nothing},
    };
    for (const row& t : table) {
        CAPTURE(t.what);
        request r;
        t.before(r);
        r.sign();
        t.after(r);
        verifier v;
        const auto found = v.verify(r.arrive(), records(), now);
        CHECK(outcome(found) == t.reason);
        CHECK(found.http_status == t.status);
        CHECK_FALSE(found.detail.empty());
        CHECK(found.detail.back() != '.');
    }
}

TEST_CASE("what is at its bound is accepted")
{
    request r;
    r.set("oauth_nonce", octets(128)).set("oauth_verifier", octets(512)).set("oauth_callback", octets(2048));
    r.set("oauth_" + octets(58), "a");
    for (int i = 0; i < 22; ++i)
        r.set("oauth_x" + std::to_string(i), "");
    for (int i = 0; i < 999; ++i)
        r.url += "&a";
    records known;
    known.consumer_key = octets(128);
    known.token = octets(256);
    r.set("oauth_consumer_key", known.consumer_key).set("oauth_token", known.token);
    REQUIRE(r.oauth.size() == 31); // and the signature
    CHECK(verify_once(r.sign(), known) == "genuine");
}

TEST_CASE("keys and tokens may hold what a consumer's may: spaces and UTF-8")
{
    records known;
    known.consumer_key = "an \xc3\xa9 app";
    known.token = "a=b&c +%";
    request r;
    r.set("oauth_consumer_key", known.consumer_key).set("oauth_token", known.token);
    CHECK(verify_once(r.sign(), known) == "genuine");
}

TEST_CASE("every reason has a name of its own and a status")
{
    std::set<std::string_view> names;
    for (int i = 0; i <= static_cast<int>(refusal_reason::nonces_exhausted); ++i) {
        const auto reason = static_cast<refusal_reason>(i);
        names.insert(name(reason));
        CHECK(http_status(reason) >= 400);
    }
    CHECK(names.size() == 14);
    CHECK(http_status(refusal_reason::nonces_exhausted) == 503);
}

TEST_CASE("the window is as wide to both sides, and its edges belong to it")
{
    verifier_options options;
    options.timestamp_window = 60;
    const auto at = [&](std::int64_t off) {
        request r;
        r.set("oauth_timestamp", std::to_string(now + off)).sign();
        return verify_once(r, records(), options);
    };
    CHECK(at(0) == "genuine");
    CHECK(at(-60) == "genuine");
    CHECK(at(60) == "genuine");
    CHECK(at(-61) == "timestamp_out_of_window");
    CHECK(at(61) == "timestamp_out_of_window");
}

TEST_CASE("no clock and no timestamp overflow")
{
    constexpr auto first = std::numeric_limits<std::int64_t>::min();
    constexpr auto last = std::numeric_limits<std::int64_t>::max();
    verifier_options wide;
    wide.timestamp_window = last;
    request r;
    r.set("oauth_timestamp", std::to_string(last)).sign();
    CHECK(verify_once(r, records(), {}, first) == "timestamp_out_of_window");
    CHECK(verify_once(r, records(), {}, last) == "genuine");
    CHECK(verify_once(r, records(), wide, 1) == "genuine");
    CHECK(verify_once(r, records(), wide, -2) == "timestamp_out_of_window");
    request early;
    early.set("oauth_timestamp", "1").sign();
    CHECK(verify_once(early, records(), {}, last) == "timestamp_out_of_window");
    CHECK(verify_once(early, records(), {}, first) == "timestamp_out_of_window");
    CHECK(verify_once(early, records(), {}, -299) == "genuine");
}

TEST_CASE("a request that is sent twice is accepted once")
{
    verifier v;
    request r;
    r.sign();
    CHECK(outcome(v.verify(r.arrive(), records(), now)) == "genuine");
    const auto again = v.verify(r.arrive(), records(), now + 300);
    CHECK(outcome(again) == "nonce_used");
    CHECK(again.http_status == 401);
    CHECK(outcome(v.verify(r.arrive(), records(), now + 301)) == "timestamp_out_of_window");

    request later; // the same nonce a second later is another request
    later.set("oauth_timestamp", std::to_string(now + 1)).sign();
    CHECK(outcome(v.verify(later.arrive(), records(), now)) == "genuine");
    request two_legged; // and the same nonce without the token
    two_legged.drop("oauth_token").token_secret = "";
    CHECK(outcome(v.verify(two_legged.sign().arrive(), records(), now)) == "genuine");
}

TEST_CASE("forged requests use up no nonces")
{
    verifier_options small;
    small.nonce_capacity = 2;
    verifier v(small);
    for (int i = 0; i < 10; ++i) {
        request forged;
        forged.consumer_secret = "guessed";
        forged.set("oauth_nonce", i < 5 ? "n-1" : "m-" + std::to_string(i)).sign();
        REQUIRE(outcome(v.verify(forged.arrive(), records(), now)) == "bad_signature");
        request unknown;
        unknown.set("oauth_consumer_key", "other").sign();
        REQUIRE(outcome(v.verify(unknown.arrive(), records(), now)) == "unknown_consumer");
        request wrong_body;
        wrong_body.set("oauth_body_hash", "x").sign();
        REQUIRE(outcome(v.verify(wrong_body.arrive(), records(), now)) == "bad_body_hash");
    }
    CHECK(outcome(v.verify(request().sign().arrive(), records(), now)) == "genuine");
}

TEST_CASE("when every nonce that is remembered is alive, the request may come again later")
{
    verifier_options small;
    small.nonce_capacity = 2;
    verifier v(small);
    const auto ask = [&](std::string nonce, std::int64_t at) {
        request r;
        r.set("oauth_nonce", std::move(nonce)).set("oauth_timestamp", std::to_string(at)).sign();
        return v.verify(r.arrive(), records(), at);
    };
    CHECK(outcome(ask("a", now)) == "genuine");
    CHECK(outcome(ask("b", now)) == "genuine");
    const auto full = ask("c", now + 300);
    CHECK(outcome(full) == "nonces_exhausted");
    CHECK(full.http_status == 503);
    CHECK(outcome(ask("d", now + 301)) == "genuine");
}

TEST_CASE("requests without a token are genuine, with or without an empty oauth_token")
{
    for (const bool empty : {false, true}) {
        request r;
        r.token_secret = "";
        r.drop("oauth_token");
        if (empty)
            r.set("oauth_token", "");
        verifier v;
        records known;
        const auto found = v.verify(r.sign().arrive(), known, now);
        CHECK(outcome(found) == "genuine");
        CHECK(found.token.has_value() == empty);
        CHECK(known.tokens_asked == 0);
    }
}

TEST_CASE("oauth_version may be left out")
{
    request r;
    CHECK(verify_once(r.drop("oauth_version").sign()) == "genuine");
}

TEST_CASE("parameters beside the protocol's own are signed in the header, but no realm is")
{
    request r;
    r.set("extra", "1 2");
    r.realm = "Photos";
    r.sign();
    CHECK(verify_once(r) == "genuine");
    CHECK(verify_once(r, records(), lenient()) == "bad_signature"); // X's verifier leaves extra out
    request unsigned_realm;
    unsigned_realm.sign();
    unsigned_realm.authorization[0].insert(6, R"(REALM="x", )");
    CHECK(verify_once(unsigned_realm) == "genuine");
}

TEST_CASE("a form body is recognised by its media type")
{
    for (const std::string_view yes : {"application/x-www-form-urlencoded", "APPLICATION/X-WWW-FORM-URLENCODED",
             "application/x-www-form-urlencoded; charset=UTF-8", "application/x-www-form-urlencoded;charset=utf-8",
             " application/x-www-form-urlencoded ;a=b"}) {
        CAPTURE(yes);
        request r;
        r.method = "PUT";
        r.form = true;
        r.body = "a=b&a=%2B+";
        r.content_type = yes;
        CHECK(verify_once(r.sign()) == "genuine");
    }
    for (const std::string_view other :
        {"", "application/json", "multipart/form-data; boundary=x", "text/plain", "application/x-www-form-urlencodedx",
            "application/x-www-form-urlencode", "text/plain; application/x-www-form-urlencoded"}) {
        CAPTURE(other);
        request r;
        r.method = "PUT";
        r.body = "a=b&a=%zz"; // is no form, so nobody reads it
        r.content_type = other;
        CHECK(verify_once(r.sign()) == "genuine");
    }
}

TEST_CASE("the body hash is checked when it is sent")
{
    for (const signature_method& method : {hmac_sha1(), hmac_sha256(), hmac_sha512()})
        for (const std::string_view body : {"", "{\"text\":\"hello\"}"}) {
            request r;
            r.method = "POST";
            r.body = body;
            r.content_type = "application/json";
            r.algorithm = method;
            r.set("oauth_signature_method", std::string(method->name()));
            r.set("oauth_body_hash", method->body_hash(body)).sign();
            CHECK(verify_once(r) == "genuine");
            r.body += ' ';
            CHECK(verify_once(r) == "bad_body_hash");
        }
}

TEST_CASE("PLAINTEXT needs neither timestamp nor nonce, but they are checked if sent")
{
    const auto plain = [](auto change) {
        request r;
        r.set("oauth_signature_method", "PLAINTEXT");
        r.algorithm = plaintext();
        change(r);
        return r.sign();
    };
    const auto bare = plain([](request& r) { r.drop("oauth_timestamp").drop("oauth_nonce"); });
    verifier v;
    CHECK(outcome(v.verify(bare.arrive(), records(), now)) == "genuine");
    CHECK(outcome(v.verify(bare.arrive(), records(), now)) == "genuine"); // nothing to remember it by
    const auto full = plain([](request&) {});
    CHECK(outcome(v.verify(full.arrive(), records(), now)) == "genuine");
    CHECK(outcome(v.verify(full.arrive(), records(), now)) == "nonce_used");
    CHECK(verify_once(plain([](request& r) { r.drop("oauth_nonce"); })) == "genuine");
    CHECK(verify_once(plain([](request& r) { r.drop("oauth_timestamp"); })) == "missing_parameter");
    CHECK(verify_once(plain([](request& r) { r.set("oauth_nonce", ""); })) == "missing_parameter");
    CHECK(verify_once(plain([](request& r) { r.set("oauth_timestamp", "1"); })) == "timestamp_out_of_window");
    CHECK(verify_once(plain([](request& r) { r.set("oauth_timestamp", "x"); })) == "bad_timestamp");
    CHECK(verify_once(plain([](request& r) { r.token_secret = "wrong"; })) == "bad_signature");
}

TEST_CASE("base64 is strict: other text for the same octets is another signature")
{
    request r;
    const std::string right = r.sign(r.base_string());
    const auto with = [](std::string signature) {
        request changed;
        return verify_once(changed.put(std::move(signature)));
    };
    REQUIRE(right.size() == 28);
    CHECK(with(right) == "genuine");
    std::string tail = right; // the last letter before = carries two bits that don't count
    const std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (std::size_t i = 1; i < 4; ++i) {
        tail[26] = alphabet[alphabet.find(right[26]) ^ i];
        CHECK(with(tail) == "bad_signature");
    }
    CHECK(with(right.substr(0, 27)) == "bad_signature");
    CHECK(with(right + "=") == "bad_signature");
    CHECK(with(right + "AAAA") == "bad_signature");
    CHECK(with(" " + right) == "bad_signature");
    CHECK(with(right.substr(0, 4)) == "bad_signature");
    std::string url_safe = right;
    for (char& c : url_safe)
        c = c == '+' ? '-' : c == '/' ? '_' : c;
    CHECK((url_safe == right || with(url_safe) == "bad_signature"));
}

TEST_CASE("an unknown consumer or token is looked up and checked as a known one is")
{
    for (const bool consumer_known : {true, false})
        for (const bool token_known : {true, false}) {
            records known;
            request r;
            if (!consumer_known)
                r.set("oauth_consumer_key", "other");
            if (!token_known)
                r.set("oauth_token", "other");
            r.consumer_secret = "wrong";
            verifier v;
            const auto found = v.verify(r.sign().arrive(), known, now);
            CHECK(found.refused.has_value());
            CHECK(known.consumers_asked == 1);
            CHECK(known.tokens_asked == 1);
            CHECK_FALSE(found.base_string.empty());
        }
}

TEST_CASE("nobody signs with the secret that stands in for unknown ones")
{
    records nobody;
    nobody.consumer_key = "someone else";
    request r;
    for (const char* guess : {"nobody-has-this-secret-it-is-for-equal-work", ""}) {
        r = request();
        r.consumer_secret = guess;
        r.token_secret = guess;
        CHECK(verify_once(r.sign(), nobody) == "unknown_consumer");
    }
}

TEST_CASE("X takes credentials from several places, and the last counts")
{
    request r;
    r.method = "POST";
    r.form = true;
    r.body = "a=b";
    r.set("oauth_verifier", "0123456").sign();
    const auto in_two_places = [&] {
        request moved = r;
        moved.authorization[0] = without(moved.authorization[0], R"(oauth_verifier="0123456", )");
        moved.body += "&oauth_verifier=0123456";
        return moved;
    };
    CHECK(verify_once(in_two_places()) == "duplicate_parameter");
    CHECK(verify_once(in_two_places(), records(), lenient()) == "genuine");

    request overruled = r;
    overruled.authorization[0] = replaced(overruled.authorization[0], R"("n-1")", R"("n-0")");
    overruled.url += "&oauth_nonce=n-1";
    CHECK(verify_once(overruled, records(), lenient()) == "genuine");
    overruled.url += "&oauth_nonce=n-2";
    CHECK(verify_once(overruled, records(), lenient()) == "bad_signature");

    request doubled = r;
    doubled.authorization[0] += R"(, oauth_nonce="n-1")";
    CHECK(verify_once(doubled, records(), lenient()) == "genuine");
}

TEST_CASE("X takes values without quotes and does not sign what is not oauth_")
{
    request r;
    r.sign();
    for (char& c : r.authorization[0])
        if (c == '"')
            c = ' ';
    r.authorization[0] += ", extra=1";
    CHECK(verify_once(r) == "malformed");
    CHECK(verify_once(r, records(), lenient()) == "genuine");
}

TEST_CASE("X takes leg 3 without the request token's secret, and nothing else without its secret")
{
    const auto signed_with = [](std::string token_secret, bool leg3) {
        request r;
        r.token_secret = std::move(token_secret);
        if (leg3)
            r.set("oauth_verifier", "0123456");
        return r.sign();
    };
    CHECK(verify_once(signed_with("", true), records(), lenient()) == "genuine");
    CHECK(verify_once(signed_with("token+secret", true), records(), lenient()) == "genuine");
    CHECK(verify_once(signed_with("wrong", true), records(), lenient()) == "bad_signature");
    CHECK(verify_once(signed_with("", false), records(), lenient()) == "bad_signature");
    CHECK(verify_once(signed_with("", true)) == "bad_signature");
}

TEST_CASE("options out of their range are refused")
{
    verifier_options o;
    o.timestamp_window = 0;
    CHECK_THROWS_AS(verifier{o}, error);
    o = verifier_options();
    o.nonce_capacity = 0;
    CHECK_THROWS_AS(verifier{o}, error);
    o = verifier_options();
    o.methods = {"HMAC-MD5"};
    CHECK_THROWS_AS(verifier{o}, error);
    o.methods = {"HMAC-SHA256"};
    CHECK(verify_once(request().sign(), records(), o) == "unsupported_method");
}

TEST_CASE("every published and house vector that is a whole request is genuine")
{
    // A base string names its request; the parameters that are not oauth_ travel in the query.
    const auto check = [](const std::string& base, const std::string& signature, const records& secrets) {
        const auto first = base.find('&');
        const auto second = base.find('&', first + 1);
        const auto list = parse_form(percent_decode(std::string_view(base).substr(second + 1)).value()).value();
        request r;
        r.method = base.substr(0, first);
        r.url = percent_decode(std::string_view(base).substr(first + 1, second - first - 1)).value();
        r.oauth.clear();
        parameters query;
        for (const auto& p : list)
            (p.first.starts_with("oauth_") ? r.oauth : query).push_back(p);
        if (!query.empty())
            r.url += '?' + encode_form(query);

        records known = secrets;
        const std::string* token = find(r.oauth, "oauth_token");
        known.consumer_key = *find(r.oauth, "oauth_consumer_key");
        known.token = token ? *token : "";
        std::string body;
        if (find(r.oauth, "oauth_body_hash"))
            body = R"({"text":"hello"})";
        const auto at = std::stoll(*find(r.oauth, "oauth_timestamp"));

        request changed = r;
        r.put(signature);
        verifier v;
        const auto found = v.verify(r.arrive(), known, at);
        CHECK(found.base_string == base);
        if (find(r.oauth, "oauth_body_hash"))
            CHECK((!found.refused || *found.refused == refusal_reason::bad_body_hash));
        else
            CHECK(outcome(found) == "genuine");

        std::string other = signature;
        char& digit = other[other.size() - (other.ends_with("==") ? 3 : other.ends_with('=') ? 2 : 1)];
        digit = digit == 'A' ? 'B' : static_cast<char>(digit == 'z' ? 'y' : digit == 'Z' ? 'Y' : digit + 1);
        if (digit == ':' || digit == ',' || digit == '0')
            digit = '/';
        CHECK(verify_once(changed.put(other), known, {}, at) == "bad_signature");
    };
    const auto agrees = [](const std::string& base, std::string_view method) {
        return base.find("oauth_signature_method%3D" + std::string(method) + "%26") != base.npos;
    };
    const auto method_of = [](const vectors::row& v) {
        const std::string hash = v.text("hash", "sha1");
        return hash == "sha1" ? "HMAC-SHA1" : hash == "sha256" ? "HMAC-SHA256" : "HMAC-SHA512";
    };

    int checked = 0;
    for (const auto& v : vectors::published()) {
        if (!v.has("base_string") || !v.has("consumer_secret") || !agrees(v.text("base_string"), method_of(v)))
            continue;
        CAPTURE(v.text("name"));
        records known;
        known.consumer_secret = v.text("consumer_secret");
        known.token_secret = v.text("token_secret");
        check(v.text("base_string"), v.text("expected"), known);
        ++checked;
    }
    CHECK(checked >= 24);

    int house = 0;
    for (const auto& v : vectors::house()) {
        CAPTURE(v.text("name"));
        records known;
        known.consumer_secret = v.text("consumer_secret");
        known.token_secret = v.text("token_secret");
        check(v.text("base_string"), v.text("signature"), known);
        ++house;
    }
    CHECK(house == 22);
}

TEST_CASE("no octet anywhere makes the verifier fail but by a refusal")
{
    request r;
    r.method = "POST";
    r.form = true;
    r.body = "status=Hello+%26+World";
    r.realm = "Photos";
    r.sign();
    const records known;
    verifier_options explaining;
    explaining.explain = true;
    for (const bool lenient : {false, true}) {
        explaining.lenient = lenient;
        verifier v(explaining);
        const auto try_all = [&](std::string& where) {
            const std::string original = where;
            for (std::size_t i = 0; i < original.size(); ++i) {
                where = original.substr(0, i);
                v.verify(r.arrive(), known, now);
                for (const char c : {'\0', '\n', '"', '%', '&', '+', ',', '=', 'Z', '\x7f', '\xff'}) {
                    where = original;
                    where[i] = c;
                    v.verify(r.arrive(), known, now);
                }
            }
            where = original;
        };
        try_all(r.authorization[0]);
        try_all(r.url);
        try_all(r.body);
        try_all(r.content_type);
        try_all(r.method);
        CHECK(outcome(v.verify(request().sign().arrive(), known, now)) != "malformed");
    }
}
