#include "oauth1/claims.hpp"
#include "oauth1/explain/mismatch.hpp"
#include "oauth1/methods.hpp"

#include <coauth/oauth1/base_string.hpp>
#include <coauth/oauth1/verifier.hpp>

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

namespace coauth::oauth1 {

credential_source::~credential_source() = default;

namespace {

using reason = refusal_reason;

struct reason_row {
    std::string_view name;
    int status;
};

// In the order of the enumeration.
constexpr std::array<reason_row, 14> reasons = {{{"no_credentials", 401}, {"malformed", 400},
    {"duplicate_parameter", 400}, {"missing_parameter", 400}, {"unsupported_method", 400}, {"unsupported_version", 400},
    {"bad_timestamp", 400}, {"timestamp_out_of_window", 401}, {"unknown_consumer", 401}, {"unknown_token", 401},
    {"bad_signature", 401}, {"bad_body_hash", 401}, {"nonce_used", 401}, {"nonces_exhausted", 503}}};

static_assert(reasons.size() == static_cast<std::size_t>(reason::nonces_exhausted) + 1);

const reason_row& row(reason r) noexcept
{
    return reasons[static_cast<std::size_t>(r)];
}

// What unknown consumers and tokens are checked against, so that they cost what known ones cost. The
// private half of the RSA key was never kept.
constexpr std::string_view dummy_secret = "dummy-secret-for-equal-work";
constexpr std::string_view dummy_rsa_key = R"(-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAvCDCha0t1w15+r1rbeG/
gSs4kOsF2NHJ+e/2pSZdkx6YPJs3K0zwrTZ2mDgQoMZXZJZdYISXg2KmPPSTemj5
yLLX5ZO0aJa7fhMQzjPjq6lSz18hcl5vLlAfsAA9e4uEm2wTRV/Rq0XIGKaNxmDr
qiX9RAq3levtsVlx5OOe1HBbdT1kYOCwE4qZii0qojqVF/rH6pMYcBgpiwhXXuiY
2MoJCPT9U2wRryPbZ/ckGBWhr8JJs0N6nIg2jm6Ok/zcFikgKD9uEH2n96ypYOEM
zQ6IDOGiZfutdyoc6QVSnSC8vRXUgCxi5Vmt/MKn0JYYbmAL+AKx+dvUO451QAaH
swIDAQAB
-----END PUBLIC KEY-----
)";

// ---- Time -------------------------------------------------------------------------------------

// The distance of two times, which may be further apart than a signed number can say.
std::uint64_t distance(std::int64_t a, std::int64_t b) noexcept
{
    return a > b ? static_cast<std::uint64_t>(a) - static_cast<std::uint64_t>(b)
                 : static_cast<std::uint64_t>(b) - static_cast<std::uint64_t>(a);
}

// The oldest timestamp that is accepted at `now`.
std::int64_t window_start(std::int64_t now, std::int64_t window) noexcept
{
    constexpr auto least = std::numeric_limits<std::int64_t>::min();
    return now < least + window ? least : now - window;
}

std::optional<refusal> check_time(const claims& c, std::int64_t now, std::int64_t window)
{
    if (!c.timestamp)
        return {};
    const std::uint64_t off = distance(*c.timestamp, now);
    if (off <= static_cast<std::uint64_t>(window))
        return {};
    constexpr std::int64_t day = 24 * 3600;
    for (const auto& [per_second, unit] : {std::pair<std::int64_t, std::string_view>{1000, "milliseconds"},
             {1'000'000, "microseconds"}, {1'000'000'000, "nanoseconds"}})
        if (*c.timestamp > per_second && distance(*c.timestamp / per_second, now) < day)
            return refusal(reason::timestamp_out_of_window,
                "oauth_timestamp is in " + std::string(unit) + "; it is in seconds since 1970");
    return refusal(reason::timestamp_out_of_window,
        "oauth_timestamp is " + std::to_string(off) + " s " + (*c.timestamp > now ? "ahead of" : "behind") +
            " this clock, and " + std::to_string(window) + " s are accepted; set the client's clock");
}

// ---- Signature --------------------------------------------------------------------------------

// The secrets and the method that one request is checked with, real ones or dummies.
struct checked_with {
    checked_with() = default;

    bool consumer_known = false;
    bool token_known = true;
    bool rsa_key_known = true;
    secret consumer_secret;
    secret token_secret;
    signature_method method;
};

checked_with look_up(const claims& c, const credential_source& known)
{
    checked_with out;
    const auto consumer = known.find_consumer(c.consumer_key);
    out.consumer_known = consumer.has_value();
    out.consumer_secret = consumer ? consumer->secret : secret(dummy_secret);
    if (c.token && !c.token->empty()) {
        auto token_secret = known.find_token_secret(c.consumer_key, *c.token);
        out.token_known = token_secret.has_value();
        out.token_secret = token_secret ? *std::move(token_secret) : secret(dummy_secret);
    }

    const known_method& m = *find_method(c.signature_method);
    if (m.of_secrets) {
        out.method = m.of_secrets();
        return out;
    }
    out.rsa_key_known = consumer && !consumer->rsa_public_key.empty();
    try {
        out.method = m.of_public_key(out.rsa_key_known ? std::string_view(consumer->rsa_public_key) : dummy_rsa_key);
    } catch (const error&) {
        // The provider's own records are wrong; the client that met them gets a refusal.
        out.rsa_key_known = false;
        out.method = m.of_public_key(dummy_rsa_key);
    }
    return out;
}

std::optional<refusal> check_signature(
    const claims& c, const verifier_options& options, const checked_with& used, std::string_view base_string)
{
    const auto key = used.method->make_key(used.consumer_secret, used.token_secret);
    bool genuine = key->verify(base_string, c.signature);
    // X accepts leg 3 from clients that did not keep the request token's secret. Only leg 3, which is where a verifier is: with
    // an access token the secret is what proves the request.
    if (options.lenient && c.token && !c.token->empty() && used.method->uses_secrets() &&
        find(c.oauth, "oauth_verifier")) {
        const auto without = used.method->make_key(used.consumer_secret, secret());
        const bool also = without->verify(base_string, c.signature);
        genuine = genuine || also;
    }

    if (!used.consumer_known)
        return refusal(reason::unknown_consumer, "oauth_consumer_key names no consumer that is known here");
    if (!used.token_known)
        return refusal(reason::unknown_token,
            "oauth_token names no token of this consumer; it was mistyped, used up, revoked, or is another app's");
    if (!used.rsa_key_known)
        return refusal(
            reason::bad_signature, "this consumer signs with RSA, but no usable public key of it is known here");
    if (genuine)
        return {};
    if (!options.explain)
        return refusal(reason::bad_signature, "the signature is not the one of this request and these secrets");
    return refusal(
        reason::bad_signature, explain_mismatch(c, *used.method, used.consumer_secret, used.token_secret).sentence);
}

std::optional<refusal> check_body_hash(const claims& c, const signature_algorithm& method)
{
    const std::string* sent = find(c.oauth, "oauth_body_hash");
    if (!sent)
        return {};
    if (c.form_body)
        return refusal(
            reason::bad_body_hash, "oauth_body_hash was sent with a form body, which is signed already; leave it out");
    if (!equal_in_constant_time(*sent, method.body_hash(c.body)))
        return refusal(reason::bad_body_hash, "oauth_body_hash is not the hash of the body that arrived; hash the "
                                              "bytes that are sent, with the digest of "
                                              "the signature method");
    return {};
}

// What is wrong with a request that could be read, if anything is.
std::optional<refusal> judge(const claims& c, const credential_source& known, std::int64_t now,
    const verifier_options& options, nonce_store& nonces, std::string& base_string)
{
    if (auto wrong = check_time(c, now, options.timestamp_window))
        return wrong;
    base_string = signature_base_string(c.method, base_string_uri(c.url), normalize(c.signed_parameters()));
    const checked_with used = look_up(c, known);
    if (auto wrong = check_signature(c, options, used, base_string))
        return wrong;
    if (auto wrong = check_body_hash(c, *used.method))
        return wrong;
    if (!c.timestamp || !c.nonce)
        return {};
    const auto oldest = window_start(now, options.timestamp_window);
    const auto recorded =
        nonces.record(c.consumer_key, c.token.value_or(std::string()), *c.timestamp, *c.nonce, oldest);
    if (recorded == nonce_store::outcome::seen)
        return refusal(reason::nonce_used,
            "this nonce was used before with this timestamp; make a new nonce for every request, a retry too");
    if (recorded == nonce_store::outcome::full)
        return refusal(reason::nonces_exhausted,
            "every nonce that is remembered is still in its window; raise the capacity or wait");
    return {};
}

} // namespace

std::string_view name(refusal_reason r) noexcept
{
    return row(r).name;
}

int http_status(refusal_reason r) noexcept
{
    return row(r).status;
}

verifier::verifier(verifier_options options) : options_(std::move(options)), nonces_(options_.nonce_capacity)
{
    if (options_.timestamp_window < 1)
        throw error(errc::invalid_argument, "a verifier's timestamp window is at least one second");
    for (const std::string& name : options_.methods)
        if (!find_method(name))
            throw error(errc::invalid_argument, "the verifier knows no signature method called " + name);
}

verification verifier::verify(const incoming_request& request, const credential_source& known, std::int64_t now)
{
    verification v;
    claims c;
    auto wrong = read_claims(request, options_, c);
    if (!wrong)
        wrong = judge(c, known, now, options_, nonces_, v.base_string);
    v.consumer_key = std::move(c.consumer_key);
    v.token = std::move(c.token);
    v.oauth = std::move(c.oauth);
    v.request = std::move(c.request);
    if (wrong) {
        v.refused = wrong->reason;
        v.http_status = http_status(wrong->reason);
        v.detail = std::move(wrong->detail);
    }
    return v;
}

} // namespace coauth::oauth1
