#include "oauth1/explain/mismatch.hpp"

#include "crypto/hmac.hpp"
#include "oauth1/explain/draft.hpp"
#include "oauth1/explain/faults.hpp"
#include "oauth1/methods.hpp"
#include "text/base64.hpp"

#include <coauth/text/percent_encoding.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

namespace coauth::oauth1 {

namespace {

std::string hmac(const known_method& method, std::string_view key, std::string_view text)
{
    const crypto::digest mac = crypto::hmac(crypto::hash_named(method.hash), key, text);
    return std::string(mac.view().begin(), mac.view().end());
}

// Looks for what explains one signature, and counts how often it tried.
class search {
public:
    search(
        const claims& c, const signature_algorithm& method, const secret& consumer_secret, const secret& token_secret)
        : c_(c), method_(method), consumer_secret_(consumer_secret), token_secret_(token_secret),
          right_(draft(c).base_string())
    {}

    finding run()
    {
        std::string found = explain();
        return finding(std::move(found), tries_);
    }

private:
    using sentence = std::optional<std::string_view>;

    std::string explain()
    {
        if (method_.needs_tls())
            return std::string(explain_plaintext());
        if (right_.size() > max_explained)
            return "the request is too long to be explained";
        const known_method* const known = find_method(method_.name());
        const bool is_hmac = known && known->of_secrets;
        sentence found = is_hmac ? try_forms(*known) : std::nullopt;
        if (!found)
            found = try_faults();
        if (!found && is_hmac)
            found = try_keys(*known);
        if (found)
            return std::string(*found);
        if (is_hmac)
            return nothing_fits(*known);
        return "method, URI and parameters were tried with the usual faults and none explains it; most likely it was "
               "made with another private key than the one whose public key is known here";
    }

    std::string_view signature() const noexcept { return c_.signature; }

    bool is_signature(const std::string& computed)
    {
        ++tries_;
        return equal_in_constant_time(computed, signature());
    }

    // ---- The right signature, wrongly written ---------------------------------------------------

    sentence try_forms(const known_method& h)
    {
        const secret key(key_of(consumer_secret_.reveal(), token_secret_.reveal()));
        const std::string octets = hmac(h, key.reveal(), right_);
        ++tries_;
        const std::string expected = text::base64_encode(octets);

        for (const form_fault& fault : form_faults()) {
            const std::string wrong = fault.make(expected, octets);
            if (wrong != expected && signature() == wrong)
                return fault.sentence;
        }
        const auto decoded = text::base64_decode(signature(), text::tail_bits::any);
        if (decoded && std::equal(decoded->begin(), decoded->end(), octets.begin(), octets.end(),
                           [](unsigned char a, char b) { return a == static_cast<unsigned char>(b); }))
            return "the signature is not canonical base64: its last letter holds bits that should be zero";
        for (const known_method& other : known_methods)
            if (other.of_secrets && !other.hash.empty() && other.name != h.name &&
                is_signature(text::base64_encode(hmac(other, key.reveal(), right_))))
                return "another digest was used than oauth_signature_method says; let them agree";
        return {};
    }

    // ---- Another base string ---------------------------------------------------------------------

    sentence try_faults()
    {
        const auto key = method_.make_key(consumer_secret_, token_secret_);
        for (const auto faults : signing_faults())
            for (const signing_fault& fault : faults) {
                draft wrong(c_);
                fault.change(wrong, c_);
                const std::string base_string = wrong.base_string();
                if (base_string == right_)
                    continue;
                ++tries_;
                if (key->verify(base_string, signature()))
                    return fault.sentence;
            }
        return {};
    }

    // ---- Another key -----------------------------------------------------------------------------

    sentence try_keys(const known_method& h)
    {
        key_parts parts;
        parts.consumer_key = c_.consumer_key;
        parts.consumer_secret = consumer_secret_.reveal();
        parts.token_secret = token_secret_.reveal();
        if (c_.token)
            parts.token = *c_.token;
        const secret right(key_of(parts.consumer_secret, parts.token_secret));
        for (const key_fault& fault : key_faults()) {
            const secret wrong(fault.make(parts));
            const bool is_fault = !wrong.empty() && !wrong.matches(right.reveal());
            if (is_fault && is_signature(text::base64_encode(hmac(h, wrong.reveal(), right_))))
                return fault.sentence;
        }

        // Leg 3 where both were left out.
        draft wrong(c_);
        std::erase_if(wrong.header, [](const parameter& p) { return p.first == "oauth_verifier"; });
        const secret without_token(key_of(parts.consumer_secret, ""));
        if (!parts.token_secret.empty() && wrong.base_string() != right_ &&
            is_signature(text::base64_encode(hmac(h, without_token.reveal(), wrong.base_string()))))
            return "key and parameters differ: the request token's secret was left out, and oauth_verifier was not "
                   "signed";
        return {};
    }

    std::string nothing_fits(const known_method& h) const
    {
        const auto octets = text::without_padding(signature()).size() * 3 / 4;
        const auto right = hmac(h, {}, {}).size();
        if (octets != right)
            return "the signature has " + std::to_string(octets) + " octets, where " + std::string(h.name) + " makes " +
                   std::to_string(right) + "; was it cut off, or made with another method?";
        const bool two_legged = !c_.token || c_.token->empty();
        return std::string(
                   "method, URI and parameters were tried with the usual faults and none explains it; most likely ") +
               (two_legged ? "the consumer's secret differs" : "the consumer's or the token's secret differs");
    }

    // ---- PLAINTEXT -------------------------------------------------------------------------------

    // The signature is the key itself, so its parts can be compared.
    std::string_view explain_plaintext() const
    {
        const std::string_view c = consumer_secret_.reveal();
        const std::string_view t = token_secret_.reveal();
        if (signature() == text::percent_encode(key_of(c, t)))
            return "the signature was percent-encoded twice; encode it once, where it is put into the header";
        const auto separator = signature().find('&');
        if (separator == std::string_view::npos)
            return "the signature has no & between the two secrets; keep it even without a token";
        const std::string_view first = signature().substr(0, separator);
        const std::string_view second = signature().substr(separator + 1);
        if (first == c && second == t)
            return "the secrets were not percent-encoded; encode each before they are joined";
        if (first == text::percent_encode(t) && second == text::percent_encode(c))
            return "the two secrets were swapped; the consumer's comes first";
        if (first == text::percent_encode(c))
            return second.empty() ? "the token's secret was left out; use it too, after the &"
                                  : "the token's secret differs";
        return second == text::percent_encode(t) ? "the consumer's secret differs" : "both secrets differ";
    }

    const claims& c_;
    const signature_algorithm& method_;
    const secret& consumer_secret_;
    const secret& token_secret_;
    std::string right_;
    std::size_t tries_ = 0;
};

} // namespace

finding explain_mismatch(
    const claims& c, const signature_algorithm& method, const secret& consumer_secret, const secret& token_secret)
{
    return search(c, method, consumer_secret, token_secret).run();
}

} // namespace coauth::oauth1
