// Asks the verifier why a signature is wrong, and makes wrong ones piece by piece.
#pragma once

#include "text/base64.hpp"
#include "unit/oauth1/signed_by_hand.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <string>
#include <string_view>

namespace by_hand {

inline coauth::oauth1::verification explain(const request& r, const records& known = records(), bool lenient = false)
{
    coauth::oauth1::verifier_options options;
    options.explain = true;
    options.lenient = lenient;
    coauth::oauth1::verifier v(options);
    return v.verify(r.arrive(), known, now);
}

/// HMAC-SHA1 under any key, so that the key can be wrong too.
inline std::string hmac(std::string_view key, std::string_view text, const EVP_MD* md = EVP_sha1())
{
    std::array<unsigned char, EVP_MAX_MD_SIZE> octets{};
    unsigned size = 0;
    HMAC(md, key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(text.data()), text.size(),
        octets.data(), &size);
    return std::string(reinterpret_cast<const char*>(octets.data()), size);
}

inline std::string base64(std::string_view octets)
{
    return coauth::text::base64_encode(octets);
}

} // namespace by_hand
