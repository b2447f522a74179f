#include "allocation_failure.hpp"
#include "oauth1/scratch.hpp"

#include <coauth/oauth1/base_string.hpp>
#include <coauth/oauth1/parameters.hpp>
#include <coauth/oauth1/signer.hpp>
#include <coauth/text/percent_encoding.hpp>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <new>
#include <set>
#include <string>
#include <utility>

using namespace coauth;
using namespace coauth::oauth1;

namespace {

const consumer app("coauth-ck-1", secret("coauth-cs-1"));
const access_token user("coauth-tk-1", secret("coauth-ts-1"));
const moment at("nonce-1", 1700000000);

template <class Work>
std::size_t allocations_of(Work work)
{
    constexpr std::size_t plenty = 1'000'000;
    coauth::testing::allocations_until_failure = plenty;
    const bool succeeded = work();
    const std::size_t left = std::exchange(coauth::testing::allocations_until_failure, 0);
    REQUIRE(succeeded);
    return plenty - left;
}

std::size_t allocations_of_signing(const signer& with_key, const std::string& url)
{
    const message signed_message("GET", url);
    return allocations_of([&] { return with_key.sign_request(signed_message, at).has_value(); });
}

// RFC 5849, section 3.4.1.3.2, word by word.
std::string normalized_by_hand(const parameters& list)
{
    parameters encoded;
    for (const auto& [name, value] : list)
        encoded.emplace_back(text::percent_encode(name), text::percent_encode(value));
    std::sort(encoded.begin(), encoded.end());
    std::string out;
    for (const auto& [name, value] : encoded)
        out += (out.empty() ? "" : "&") + name + '=' + value;
    return out;
}

// Signs with some text, then fails: with an error, or for lack of memory.
class failing_method final : public signature_algorithm {
public:
    explicit failing_method(bool throws) : throws_(throws) {}

    std::string_view name() const noexcept override { return "FAILS"; }
    std::unique_ptr<const signing_key> make_key(const secret&, const secret&) const override
    {
        return std::make_unique<failing_key>(throws_);
    }
    std::string body_hash(std::string_view) const override { return ""; }

private:
    struct failing_key final : signing_key {
        explicit failing_key(bool throws) : throws_(throws) {}
        result<void> sign(std::string_view, std::string& out) const override
        {
            out += "half a signature";
            if (throws_)
                throw std::bad_alloc();
            return error(errc::invalid_argument, "no signature");
        }
        bool verify(std::string_view, std::string_view) const override { return false; }
        bool throws_;
    };

    bool throws_;
};

} // namespace

TEST_CASE("X's sign-in example: both legs as its documentation prints them")
{
    const consumer x("cChZNFj6T5R0TigYB9yd1w", secret("L8qq9PZyRg6ieKGEKhZolGC0vJWLw8iEJ88DRdyOg"));
    message first("POST", "https://api.twitter.com/oauth/request_token");
    first.oauth.emplace_back("oauth_callback", "http://localhost/sign-in-with-twitter/");
    const auto explained = signer(x).explain(first, moment("ea9ec8429b68d6b77cd5600adbbb0456", 1318467427));
    CHECK(explained.value().signature == "F1Li3tvehgcraF8DMJ7OyxO4w9Y=");

    const request_token login(
        "NPcudxy0yU5T3tBzho7iCotZ3cnetKwcTIRlX0iwRl0", secret("veNRnAWe6inFuo8o2u8SLLZLjolYDmDP7SzL0YfYI"));
    const message third("POST", "https://api.twitter.com/oauth/access_token",
        "oauth_verifier=uw7NjWHT6OJ1MpJOXsHfNxoAhPKpgI8BlYDhxEjIBY");
    const auto three = signer(x, login).explain(third, moment("a9900fe68e2573b27a37f10fbad6a755", 1318467427));
    CHECK(three.value().signature == "39cipBtIOHEEnybAR4sATQTpl2I=");
}

TEST_CASE("signer: the header is written in full, encoded and in order")
{
    std::string out = "Authorization: ";
    message m("get", "https://api.x.com/2/users/me?a=1");
    m.realm = "Photos";
    REQUIRE(signer(app, user).sign(m, at, out));
    CHECK(out.starts_with(
        "Authorization: OAuth realm=\"Photos\", oauth_consumer_key=\"coauth-ck-1\", oauth_nonce=\"nonce-1\", "
        "oauth_signature_method=\"HMAC-SHA1\", oauth_timestamp=\"1700000000\", oauth_token=\"coauth-tk-1\", "
        "oauth_version=\"1.0\", oauth_signature=\""));
    CHECK(out.ends_with("%3D\""));
}

TEST_CASE("signer: the signature is the same wherever its parameters travel")
{
    const signer s(app, user);
    const message m("POST", "https://h/p?a=b", "c=d");
    const auto header = s.sign_request(m, at).value();
    const auto query = s.sign_request(m, at, placement::query).value();
    const auto form = s.sign_request(m, at, placement::form).value();
    const std::string signature = s.explain(m, at).value().signature;

    CHECK(header.url == "https://h/p?a=b");
    CHECK(header.form == "c=d");
    CHECK(query.authorization.empty());
    CHECK(query.url.starts_with("https://h/p?a=b&oauth_consumer_key=coauth-ck-1&"));
    CHECK(form.form.starts_with("c=d&oauth_consumer_key=coauth-ck-1&"));
    CHECK(form.url == "https://h/p?a=b");
    CHECK(*find(parse_form(query.url.substr(query.url.find('?') + 1)).value(), "oauth_signature") == signature);
    CHECK(*find(parse_form(form.form).value(), "oauth_signature") == signature);

    for (const char* url : {"https://h", "https://h?", "https://h/#f"})
        CHECK(s.sign_request(message("GET", url), at, placement::query).value().url.find("?oauth_consumer_key=") !=
              std::string::npos);
    CHECK_FALSE(s.sign_request(message("GET", "https://h"), at, placement::form));
}

TEST_CASE("signer: what is not sent is not signed")
{
    message m("GET", "http://example.test/");
    m.version = false;
    const auto two_legged = signer(app).explain(m, at).value();
    CHECK(two_legged.normalized.find("oauth_token") == std::string::npos);
    CHECK(two_legged.normalized.find("oauth_version") == std::string::npos);
    m.empty_token = true;
    CHECK(signer(app).explain(m, at).value().normalized.find("oauth_token=") != std::string::npos);
    m.realm = "r";
    CHECK(signer(app).explain(m, at).value().base_string.find("realm") == std::string::npos);
}

TEST_CASE("signer: what can't be signed is refused")
{
    const signer s(app, user);
    const auto refused = [&](const message& m, const moment& when) {
        const auto r = s.sign_request(m, when);
        return !r && r.error().reason() == errc::invalid_argument;
    };
    CHECK_FALSE(refused(message("GET", "https://h/"), at));
    CHECK(refused(message("", "https://h/"), at));
    CHECK(refused(message("GE T", "https://h/"), at));
    CHECK(refused(message("GET\r\nX: y", "https://h/"), at));
    CHECK(refused(message("GET", "https://h/a b"), at));
    CHECK(refused(message("GET", "https://h/?a=%zz"), at));
    CHECK(refused(message("POST", "https://h/", "a=%"), at));
    CHECK(refused(message("GET", "https://h/?oauth_nonce=1"), at));
    CHECK(refused(message("GET", "https://h/?oauth%5Fnonce=1"), at));
    CHECK(refused(message("POST", "https://h/", "oauth_signature=x"), at));
    CHECK(refused(message("GET", "https://h/"), moment("", 1700000000)));
    CHECK(refused(message("GET", "https://h/"), moment("a b", 1700000000)));
    CHECK(refused(message("GET", "https://h/"), moment("a\n", 1700000000)));
    CHECK(refused(message("GET", "https://h/"), moment("n", 0)));
    CHECK(refused(message("GET", "https://h/"), moment("n", -5)));
    message realm("GET", "https://h/");
    realm.realm = "a\nb";
    CHECK(refused(realm, at));
    for (const parameters& bad :
        {parameters{{"oauth_nonce", "x"}}, parameters{{"oauth_verifier", "1"}, {"oauth_verifier", "1"}},
            parameters{{"oauth_signature", "x"}}, parameters{{"realm", "1"}}, parameters{{"a", "b"}}}) {
        message m("GET", "https://h/");
        m.oauth = bad;
        CHECK(refused(m, at));
    }
    // A name of the caller's own may begin with oauth_.
    CHECK_FALSE(refused(message("GET", "https://h/?oauth_mine=1"), at));
}

TEST_CASE("signer: PLAINTEXT goes over TLS only, and is explained anyway")
{
    const signer s(app, user, plaintext());
    CHECK_FALSE(s.sign_request(message("GET", "http://127.0.0.1/"), at));
    CHECK(s.sign_request(message("GET", "https://h/"), at));
    const auto e = s.explain(message("GET", "http://h/"), at).value();
    CHECK(e.signature == "coauth-cs-1&coauth-ts-1");
    CHECK(e.base_string.starts_with("GET&http%3A%2F%2Fh%2F&"));
    const auto bare = s.explain(message("GET", "https://h/"), moment()).value();
    CHECK(bare.normalized.find("oauth_nonce") == std::string::npos);
    CHECK(bare.normalized.find("oauth_timestamp") == std::string::npos);
}

TEST_CASE("signer: an explanation shows the length of the secrets and nothing else of them")
{
    const auto e = signer(app, user).explain(message("GET", "https://h/"), at).value();
    CHECK(e.masked_key == "[11 characters]&[11 characters]");
    CHECK(signer(app).explain(message("GET", "https://h/"), at).value().masked_key == "[11 characters]&[empty]");
    for (const auto* text : {&e.masked_key, &e.base_string, &e.authorization, &e.signature, &e.normalized})
        CHECK(text->find("coauth-cs") == std::string::npos);
}

TEST_CASE("signer: takes a signature method of the program's own")
{
    struct custom_key final : signing_key {
        result<void> sign(std::string_view base, std::string& out) const override
        {
            out += std::to_string(base.size());
            return {};
        }
        bool verify(std::string_view base, std::string_view signature) const override
        {
            return std::to_string(base.size()) == signature;
        }
    };
    struct custom_algorithm final : signature_algorithm {
        std::string_view name() const noexcept override { return "SHOUT"; }
        std::unique_ptr<const signing_key> make_key(const secret&, const secret&) const override
        {
            return std::make_unique<custom_key>();
        }
        std::string body_hash(std::string_view) const override { return ""; }
    };
    const signer s(app, user, std::make_shared<custom_algorithm>());
    CHECK(s.sign_request(message("GET", "https://h/"), at).value().authorization.find("SHOUT") != std::string::npos);
}

TEST_CASE("signer: a query or form in any encoding is signed as it would be after decoding and encoding")
{
    for (const char* raw : {"a=1", "a", "a=", "=v", "=", "&&a=1&&b=2&", "a=b=c", "a+b=c+d", "a%20b=c%20d", "a=%2F",
             "a=%2f", "a=%41", "%61=1", "a=%7E", "a=~", "a=-._~", "a=%2B", "a=%25", "a=%2541", "a=*", "a=%2A&b=(",
             "a[0]=1", "a;b=1", "%3D=%26", "a=%C3%A9", "a=%c3%a9", "a=%00", "b=2&a=%2F&a=%2f&a=/", "a=%20&b=+"}) {
        CAPTURE(raw);
        const std::string url = std::string("https://h/p?") + raw;
        parameters protocol = parse_form(raw).value();
        for (const auto& [name, value] :
            {std::pair("oauth_consumer_key", "coauth-ck-1"), std::pair("oauth_nonce", "nonce-1"),
                std::pair("oauth_signature_method", "HMAC-SHA1"), std::pair("oauth_timestamp", "1700000000"),
                std::pair("oauth_token", "coauth-tk-1"), std::pair("oauth_version", "1.0")})
            protocol.emplace_back(name, value);
        const signer s(app, user);
        CHECK(s.explain(message("GET", url), at).value().normalized == normalize(protocol));
        CHECK(s.explain(message("POST", "https://h/p", raw), at).value().normalized == normalize(protocol));
    }
    const signer s(app, user);
    for (const char* raw : {"a=%", "a=%2", "a=%zz", "%=1", "a=1&b=%4"})
        CHECK_FALSE(s.sign_request(message("POST", "https://h/p", raw), at));
}

TEST_CASE("signer: a query that is encoded as OAuth has it is neither decoded nor encoded again")
{
    const signer s(app, user);
    std::string url = "https://h/p?name-of-0=a%20value%20of%20some%20length";
    const std::size_t of_one = allocations_of_signing(s, url);
    for (int i = 1; i < 40; ++i)
        url += "&name-of-" + std::to_string(i) + "=a%20value%20of%20some%20length";
    CHECK(allocations_of_signing(s, url) < of_one + 20); // the buffers grow a few times
}

TEST_CASE("signer: allocates nothing where its caller uses message, moment and text again")
{
    const signer s(app, user);
    const std::string text_of_a_tweet = "status=" + text::percent_encode(std::string(280, '/'));
    std::string url = "https://api.x.com/1.1/users/lookup.json?screen_name=";
    for (int i = 0; i < 100; ++i)
        url += "user_" + std::to_string(1000 + i) + "%2C";
    for (const message& m : {message("GET", "https://api.x.com/1.1/users/show.json?screen_name=a&user_id=1"),
             message("GET", "http://[::1]:8080/a%20b?b=%2f&a=c+d&e"), message("GET", url),
             message("POST", "https://api.x.com/1.1/statuses/update.json", text_of_a_tweet)}) {
        CAPTURE(m.url);
        moment fresh;
        std::string header;
        header.reserve(1000);
        const auto sign = [&] {
            header.clear();
            fresh.renew(1700000000);
            return s.sign(m, fresh, header).has_value();
        };
        CHECK(allocations_of(sign) > 0);
        CHECK(allocations_of(sign) == 0);
    }
}

TEST_CASE("signer: a request of any length and with any octets is signed alike")
{
    std::string all_octets;
    for (int c = 0; c < 256; ++c)
        all_octets += static_cast<char>(c);
    const signer s(app, user);
    for (const std::size_t pairs : {0U, 1U, 2U, 3U, 15U, 16U, 17U, 100U, 1000U})
        for (const std::size_t length : {0U, 1U, 500U, 815U, 816U, 817U, 1640U, 8192U, 30000U}) {
            if (pairs * length > 200'000)
                continue;
            CAPTURE(pairs);
            CAPTURE(length);
            parameters form;
            for (std::size_t i = 0; i < pairs; ++i)
                form.emplace_back("n" + std::to_string(i * 7919 % 1000) + all_octets.substr(i % 256, 3),
                    std::string(length, all_octets[i % 256]));
            const std::string body = encode_form(form);
            parameters signed_parameters = form;
            for (const auto& [name, value] : parse_form("oauth_consumer_key=coauth-ck-1&oauth_nonce=nonce-1&"
                                                        "oauth_signature_method=HMAC-SHA1&oauth_timestamp=1700000000&"
                                                        "oauth_token=coauth-tk-1&oauth_version=1.0&oauth_verifier=%20v")
                                                 .value())
                signed_parameters.emplace_back(name, value);
            message m("post", "HTTPS://H:8443/a%2fb%20c/~d", body);
            m.oauth.emplace_back("oauth_verifier", " v");
            const auto e = s.explain(m, at).value();
            const std::string normalized = normalized_by_hand(signed_parameters);
            CHECK(e.normalized == normalized);
            CHECK(e.base_string == signature_base_string("POST", "https://h:8443/a%2fb%20c/~d", normalized));
            CHECK(s.sign_request(m, at).value().authorization == e.authorization);
        }
}

TEST_CASE("signer: a text to which no whole header could be appended stays as it was")
{
    const message m("GET", "https://h/");
    std::string out = "before";
    CHECK_FALSE(signer(app, user, std::make_shared<failing_method>(false)).sign(m, at, out));
    CHECK(out == "before");
    CHECK_THROWS_AS((void)signer(app, user, std::make_shared<failing_method>(true)).sign(m, at, out), std::bad_alloc);
    CHECK(out == "before");
    CHECK_FALSE(signer(app, user).sign(message("GET", "https://h/?a=%"), at, out));
    CHECK(out == "before");
}

TEST_CASE(
    "signer: a reserved name is refused wherever the request has it, and its own name may be taken if it is not sent")
{
    const signer s(app);
    for (const char* name : {"oauth_consumer_key", "oauth_nonce", "oauth_signature_method", "oauth_timestamp",
             "oauth_version", "oauth_signature", "oauth_callback"})
        for (const std::string& encoded :
            {std::string(name), text::percent_encode(std::string(name)), "%6Fauth" + std::string(name).substr(5)}) {
            CAPTURE(encoded);
            message in_query("GET", "");
            const std::string url = "https://h/?zz=1&" + encoded + "=1&a=b";
            in_query.url = url;
            in_query.oauth.emplace_back("oauth_callback", "oob");
            message in_form("POST", "https://h/?zz=1", encoded);
            in_form.oauth.emplace_back("oauth_callback", "oob");
            for (const message& m : {in_query, in_form}) {
                const auto refused = s.sign_request(m, at);
                REQUIRE_FALSE(refused);
                CHECK(std::string(refused.error().what()).find(std::string(name) + " already") != std::string::npos);
            }
        }
    message m("GET", "https://h/?oauth_token=1&oauth_version=2");
    m.version = false;
    CHECK(s.sign_request(m, at)); // without a token and a version of its own
    m.oauth.emplace_back("oauth_token", "1");
    CHECK_FALSE(s.sign_request(m, at));
}

TEST_CASE("signer: the memory of a signature stays where it is, and is wiped")
{
    constexpr std::string_view password = "x_auth_password";
    struct alignas(scratch) room_for_one {
        char octets[sizeof(scratch)];
    } place{};
    scratch* const memory = new (place.octets) scratch;
    const auto first = memory->keep(put(password, memory->room(password.size())));
    const auto second = memory->keep(put(password, memory->room(100'000)));
    const auto third = memory->keep(put(password, memory->room(200'000)));
    for (const auto& kept : {first, second, third})
        CHECK(kept == password);
    memory->~scratch();
    const std::string_view left(place.octets, sizeof place.octets);
    CHECK(left.find(password) == left.npos);
}

TEST_CASE("signer: nonces are 128 bits, hex, and never repeat")
{
    std::set<std::string> seen;
    for (int i = 0; i < 10'000; ++i) {
        const std::string n = random_nonce();
        CHECK(n.size() == 32);
        CHECK(n.find_first_not_of("0123456789abcdef") == n.npos);
        seen.insert(n);
    }
    moment fresh;
    for (std::int64_t i = 1; i <= 10'000; ++i) {
        fresh.renew(i);
        CHECK(fresh.timestamp == i);
        CHECK(fresh.nonce.size() == 32);
        CHECK(fresh.nonce.find_first_not_of("0123456789abcdef") == fresh.nonce.npos);
        seen.insert(fresh.nonce);
    }
    CHECK(seen.size() == 20'000);
}
