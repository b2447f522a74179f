// Whole requests from the published vectors and from the house's own.
#include "signed_by_hand.hpp"
#include "vectors/oauth1_vectors.hpp"

#include <coauth/text/percent_encoding.hpp>

using namespace coauth;
using namespace coauth::oauth1;
using by_hand::outcome;
using by_hand::records;
using by_hand::request;
using by_hand::verify_once;

TEST_CASE("verifier: every published and house vector that is a whole request is genuine")
{
    // A base string names its request; the parameters that are not oauth_ travel in the query.
    const auto check = [](const std::string& base, const std::string& signature, const records& secrets) {
        const auto first = base.find('&');
        const auto second = base.find('&', first + 1);
        const auto list = parse_form(text::percent_decode(std::string_view(base).substr(second + 1)).value()).value();
        request r;
        r.method = base.substr(0, first);
        r.url = text::percent_decode(std::string_view(base).substr(first + 1, second - first - 1)).value();
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
