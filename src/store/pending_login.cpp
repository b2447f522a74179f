#include <coauth/store/pending_login.hpp>

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>
#include <cstddef>
#include <stdexcept>

namespace coauth::store {

namespace {

using sha256_octets = std::array<std::uint8_t, 32>;

sha256_octets sha256(std::string_view text)
{
    // Fetched once a process: fetching costs as much as hashing.
    static EVP_MD* const md = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    sha256_octets out{};
    if (md == nullptr || EVP_Digest(text.data(), text.size(), out.data(), nullptr, md, nullptr) != 1)
        throw std::runtime_error("OpenSSL's SHA-256 failed");
    return out;
}

} // namespace

login_id id_of_login(std::string_view request_token)
{
    const auto digest = sha256(request_token);
    login_id id;
    std::copy_n(digest.begin(), id.octets.size(), id.octets.begin());
    return id;
}

bool browser_digest::matches(const browser_digest& other) const noexcept
{
    return CRYPTO_memcmp(octets.data(), other.octets.data(), octets.size()) == 0;
}

browser_digest digest_of_browser(std::string_view binding)
{
    browser_digest digest;
    digest.octets = sha256(binding);
    return digest;
}

} // namespace coauth::store
