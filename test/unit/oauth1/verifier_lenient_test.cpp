// What X takes although RFC 5849 does not, and that only a lenient verifier takes it.
#include "changed_text.hpp"
#include "signed_by_hand.hpp"

using namespace coauth;
using namespace coauth::oauth1;
using by_hand::lenient;
using by_hand::records;
using by_hand::replace;
using by_hand::request;
using by_hand::verify_once;
using by_hand::without;

TEST_CASE("verifier: X takes credentials from several places, and the last counts")
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
    overruled.authorization[0] = replace(overruled.authorization[0], R"("n-1")", R"("n-0")");
    overruled.url += "&oauth_nonce=n-1";
    CHECK(verify_once(overruled, records(), lenient()) == "genuine");
    overruled.url += "&oauth_nonce=n-2";
    CHECK(verify_once(overruled, records(), lenient()) == "bad_signature");

    request doubled = r;
    doubled.authorization[0] += R"(, oauth_nonce="n-1")";
    CHECK(verify_once(doubled, records(), lenient()) == "genuine");
}

TEST_CASE("verifier: X takes oauth_version 1.0a, and no other than 1.0 beside it")
{
    for (const std::string version : {"1.0a", "1.0A"}) {
        request r;
        r.set("oauth_version", version).sign();
        CHECK(verify_once(r) == "unsupported_version");
        CHECK(verify_once(r, records(), lenient()) == "genuine");
    }
    for (const std::string version : {"1.0b", "1.0aa", "1.0 a", "1", "2.0", ""}) {
        CAPTURE(version);
        request r;
        r.set("oauth_version", version).sign();
        CHECK(verify_once(r, records(), lenient()) == "unsupported_version");
    }
}

TEST_CASE("verifier: X takes values without quotes and does not sign what is not oauth_")
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

TEST_CASE("verifier: X takes leg 3 without the request token's secret, and nothing else without its secret")
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
