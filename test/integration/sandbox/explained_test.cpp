// Each fault that the explainer knows, made by a client on a running sandbox, and what the sandbox reports.
#include "explained_requests.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

using namespace sandbox_test;
using coauth::secret;

namespace {

std::vector<unsigned_request> usual_requests()
{
    std::vector<unsigned_request> all = {unsigned_request(), unsigned_request("/"),
        unsigned_request("/1.1/users/show.json"), unsigned_request("/2/users/by/username/a%20b"),
        unsigned_request().address("localhost"), unsigned_request().address("LocalHost:8443"),
        unsigned_request().address("api.x.com"), unsigned_request().name_realm(), unsigned_request().set("extra", "1"),
        unsigned_request().drop("oauth_version"),
        unsigned_request("/1.1/statuses/update.json", "POST")
            .carry("--b\r\nContent-Disposition: form-data; name=\"status\"\r\n\r\nHi\r\n--b--\r\n",
                "multipart/form-data; boundary=b"),
        unsigned_request("/2/tweets", "POST").carry(R"({"text":"hi"})", "application/json"),
        unsigned_request("/2/tweets", "POST")
            .carry(R"({"text":"hi"})", "application/json")
            .set("oauth_body_hash", "abc"),
        unsigned_request("/oauth/access_token", "POST").set("oauth_verifier", "0123456"),
        unsigned_request("/1.1/statuses/update.json", "POST").carry("status=Hi"),
        unsigned_request("/1.1/statuses/update.json?trim=1", "POST").carry("status=Hi"),
        unsigned_request("/1.1/statuses/destroy/1.json", "POST"),
        unsigned_request("/1.1/users/show.json?a=b%20c").set("oauth_nonce", "n 1")};
    for (const auto* callback : {"https://app.example/a?b=c d", "https%3A%2F%2Fapp.example%2F"})
        all.push_back(
            unsigned_request("/oauth/request_token", "POST").drop("oauth_token").set("oauth_callback", callback));
    for (const auto* query : {"name=jack", "a=1&a=2", "a=&b=1", "a=1&a-b=2", "az=1&a%7B=2", "a=2&a=1", "a=1&B=2",
             "z=1&a=2", "a=b+c", "a=b%20c", "a=%21%2A%27%28%29", "a=~%2A%20b", "a=~b", "a=b%2Fc", "a=b%2Fc%20d",
             "a%5B0%5D=b", "a%5B0%5D=b%2Cc", "a=b,c", "a=b%3Fc", "a=%3f&b=%3F!", "a=%C3%A9"})
        all.push_back(unsigned_request(std::string("/1.1/users/show.json?") + query));
    return all;
}

std::string base64_of(std::string_view octets)
{
    std::string out(4 * (octets.size() / 3 + 1), '\0');
    const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
        reinterpret_cast<const unsigned char*>(octets.data()), static_cast<int>(octets.size()));
    out.resize(static_cast<std::size_t>(size));
    return out;
}

std::string hmac_of(std::string_view key, std::string_view text, const EVP_MD* digest = EVP_sha1())
{
    std::array<unsigned char, EVP_MAX_MD_SIZE> octets{};
    unsigned size = 0;
    HMAC(digest, key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(text.data()),
        text.size(), octets.data(), &size);
    return std::string(octets.begin(), octets.begin() + size);
}

} // namespace

TEST_CASE("sandbox over TLS: each fault of a base string is named in journal, log and front page")
{
    explained_requests client;
    std::vector<std::unique_ptr<understood_request>> shapes;
    for (auto& made : usual_requests()) {
        if (made.host.empty())
            made.address(client.host());
        shapes.push_back(std::make_unique<understood_request>(std::move(made)));
    }
    for (const auto faults : oauth1::signing_faults())
        for (const auto& fault : faults) {
            const understood_request* chosen = nullptr;
            std::string signed_text;
            for (const auto& candidate : shapes) {
                const auto wrong = candidate->with_fault(fault);
                const bool only_this = wrong != candidate->right && candidate->explained.insert(wrong).second;
                if (only_this && !chosen) {
                    chosen = candidate.get();
                    signed_text = wrong;
                }
            }
            const auto sentence = fault.sentence;
            CAPTURE(sentence);
            REQUIRE(chosen != nullptr); // a fault without a request that shows it: add one to usual_requests
            const bool has_token = oauth1::find(chosen->sent.oauth, "oauth_token") != nullptr;
            const auto key = has_token ? right_key : right_key.substr(0, right_key.find('&') + 1);
            client.send(chosen->sent, base64_of(hmac_of(key, signed_text)), sentence);
        }
    client.compare();
}

TEST_CASE("sandbox over TLS: each fault of a key and of a signature's form is named")
{
    for (const auto m : {sandbox::mode::strict, sandbox::mode::x}) {
        explained_requests client(m);
        unsigned_request made;
        made.address(client.host());
        oauth1::key_parts parts;
        parts.consumer_key = "app";
        parts.consumer_secret = explained_app_secret;
        parts.token = token;
        parts.token_secret = token_secret;
        // A nonce whose signature has + and / in it, so that alphabets differ.
        std::string base, octets, right;
        for (int i = 0; right.find('+') == right.npos || right.find('/') == right.npos; ++i) {
            made.set("oauth_nonce", "n-" + std::to_string(i));
            base = understood_request(made).right;
            octets = hmac_of(right_key, base);
            right = base64_of(octets);
        }
        for (const auto& fault : oauth1::key_faults())
            client.send(made, base64_of(hmac_of(fault.make(parts), base)), fault.sentence);
        for (const auto& fault : oauth1::form_faults())
            client.send(made, fault.make(right, octets), fault.sentence);

        const std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        std::string other_tail = right;
        other_tail[26] = alphabet[alphabet.find(right[26]) ^ 1];
        client.send(
            made, other_tail, "the signature is not canonical base64: its last letter holds bits that should be zero");
        for (const EVP_MD* digest : {EVP_sha256(), EVP_sha512()})
            client.send(made, base64_of(hmac_of(right_key, base, digest)),
                "another digest was used than oauth_signature_method says; let them agree");
        client.send(made, right.substr(0, 20),
            "the signature has 15 octets, where HMAC-SHA1 makes 20; was it cut off, or made with another method?");
        client.send(made, base64_of(hmac_of("nonsense", base)),
            "method, URI and parameters were tried with the usual faults and none explains it; most likely the "
            "consumer's or the token's secret differs");
        unsigned_request leg3("/oauth/access_token", "POST");
        leg3.address(client.host());
        const auto without_verifier = understood_request(leg3).right;
        leg3.set("oauth_verifier", "0123456");
        client.send(leg3, base64_of(hmac_of("app%20secret%2F1&", without_verifier)),
            "key and parameters differ: the request token's secret was left out, and oauth_verifier was not signed");
        client.compare();
    }
}

TEST_CASE("sandbox over TLS: PLAINTEXT and RSA signatures are explained")
{
    explained_requests client;
    unsigned_request made;
    made.address(client.host()).set("oauth_signature_method", "PLAINTEXT");
    const std::pair<const char*, const char*> plaintext[] = {
        {"app%20secret%2F1&wrong", "the token's secret differs"},
        {"app%20secret%2F1&", "the token's secret was left out; use it too, after the &"},
        {"wrong&token%2Bsecret", "the consumer's secret differs"},
        {"wrong&wrong", "both secrets differ"},
        {"app secret/1&token+secret", "the secrets were not percent-encoded; encode each before they are joined"},
        {"token%2Bsecret&app%20secret%2F1", "the two secrets were swapped; the consumer's comes first"},
        {"app%20secret%2F1", "the signature has no & between the two secrets; keep it even without a token"},
        {"app%2520secret%252F1%26token%252Bsecret",
            "the signature was percent-encoded twice; encode it once, where it is put into the header"},
    };
    for (const auto& row : plaintext)
        client.send(made, row.first, row.second);

    unsigned_request rsa("/1.1/users/show.json?name=jack");
    rsa.address(client.host()).drop("oauth_token");
    rsa.set("oauth_consumer_key", "rsa").set("oauth_signature_method", "RSA-SHA1");
    const auto algorithm = oauth1::rsa_sha1(secret(vectors::house_rsa_private_key()));
    const auto signed_with_rsa = [&](std::string_view text) {
        std::string out;
        algorithm->make_key(secret("s"), secret())->sign(text, out).value();
        return out;
    };
    const auto base = understood_request(rsa).right;
    client.send(rsa, signed_with_rsa("POST" + base.substr(3)),
        "the method differs: another one was signed than the one that was sent; sign the method that is sent");
    client.send(rsa, signed_with_rsa("nonsense"),
        "method, URI and parameters were tried with the usual faults and none explains it; most likely it was made "
        "with "
        "another private key than the one whose public key is known here");
    client.compare();
}
