// Each reason to refuse a request, what is just acceptable, and hostile input.
#include "changed_text.hpp"
#include "signed_by_hand.hpp"

#include <functional>
#include <set>

using namespace coauth;
using namespace coauth::oauth1;
using by_hand::now;
using by_hand::outcome;
using by_hand::place;
using by_hand::records;
using by_hand::replace;
using by_hand::request;
using by_hand::verify_once;
using by_hand::without;

namespace {

// Keeps the texts of a long line apart from the code.
std::string octets(std::size_t count)
{
    return std::string(count, 'x');
}

} // namespace

TEST_CASE("verifier: each refusal and its status")
{
    struct row {
        std::string_view reason;
        int status;
        std::string_view name;
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
        {"no_credentials", 401, "protocol parameters in a body that is not a form", nothing,
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
        {"malformed", 400, "verifier with a control", [](request& r) { r.set("oauth_verifier", "a\x7f"); }, nothing},
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
                r.location = place::form;
                r.form = true;
            },
            [](request& r) { r.url += "&oauth_a=b"; }},
        {"duplicate_parameter", 400, "twice in the query", [](request& r) { r.location = place::query; },
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
            [](request& r) { r.authorization[0] = replace(r.authorization[0], R"("n-1")", R"("n-2")"); }},
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
        CAPTURE(t.name);
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

TEST_CASE("verifier: what is at its bound is accepted")
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

TEST_CASE("verifier: what a user was given as verifier may be any text without control characters")
{
    for (const char* text : {"a b", " ", "caf\xc3\xa9", "100%", "%41", "a+b&c=d\"", "\xe2\x98\x83", "\xff"}) {
        CAPTURE(text);
        request r;
        r.set("oauth_verifier", text);
        CHECK(verify_once(r.sign()) == "genuine");
    }
}

TEST_CASE("verifier: every reason has a name of its own and a status")
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

TEST_CASE("verifier: no octet anywhere makes the verifier fail but by a refusal")
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
        const auto try_all = [&](std::string& part) {
            const std::string original = part;
            for (std::size_t i = 0; i < original.size(); ++i) {
                part = original.substr(0, i);
                v.verify(r.arrive(), known, now);
                for (const char c : {'\0', '\n', '"', '%', '&', '+', ',', '=', 'Z', '\x7f', '\xff'}) {
                    part = original;
                    part[i] = c;
                    v.verify(r.arrive(), known, now);
                }
            }
            part = original;
        };
        try_all(r.authorization[0]);
        try_all(r.url);
        try_all(r.body);
        try_all(r.content_type);
        try_all(r.method);
        CHECK(outcome(v.verify(request().sign().arrive(), known, now)) != "malformed");
    }
}

TEST_CASE("verifier: a timestamp in another unit than seconds is named as such")
{
    const auto said = [](std::string timestamp) {
        request r;
        r.set("oauth_timestamp", std::move(timestamp)).sign();
        verifier v;
        const auto found = v.verify(r.arrive(), records(), now);
        CHECK(outcome(found) == "timestamp_out_of_window");
        return found.detail;
    };
    CHECK(said("1700000000123") == "oauth_timestamp is in milliseconds; it is in seconds since 1970");
    CHECK(said("1700003600123").find("milliseconds") != std::string::npos);
    CHECK(said("1700000000123456").find("microseconds") != std::string::npos);
    CHECK(said("1700000000123456789").find("nanoseconds") != std::string::npos);
    CHECK(said("1600000000123").find("ahead of this clock") != std::string::npos);
    CHECK(said("1").find("behind this clock") != std::string::npos);
}

TEST_CASE("verifier: a signature with an encoder's newline is named as such")
{
    request r;
    const auto right = r.sign(r.base_string());
    verifier v;
    const auto found = v.verify(r.put(right + '\n').arrive(), records(), now);
    CHECK(outcome(found) == "malformed");
    CHECK(found.detail.find("oauth_signature ends in a newline") == 0);
}
