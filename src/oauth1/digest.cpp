#include "oauth1/digest.hpp"

#include "text/base64.hpp"

#include <coauth/error.hpp>

#include <memory>

namespace coauth::oauth1 {

namespace {

struct free_md {
    void operator()(EVP_MD* md) const noexcept { EVP_MD_free(md); }
};

struct fetched {
    std::unique_ptr<EVP_MD, free_md> sha1{EVP_MD_fetch(nullptr, "SHA1", nullptr)};
    std::unique_ptr<EVP_MD, free_md> sha256{EVP_MD_fetch(nullptr, "SHA256", nullptr)};
    std::unique_ptr<EVP_MD, free_md> sha512{EVP_MD_fetch(nullptr, "SHA512", nullptr)};
};

} // namespace

const EVP_MD* digest(const char* name)
{
    static const fetched all;
    const std::string_view wanted = name;
    const EVP_MD* md = wanted == "SHA1" ? all.sha1.get() : wanted == "SHA256" ? all.sha256.get() : all.sha512.get();
    if (!md)
        throw error(errc::invalid_argument, "this system's OpenSSL does not offer " + std::string(wanted))
            .with_hint("its configuration or a crypto policy may forbid it");
    return md;
}

std::string digest_base64(const EVP_MD* md, std::string_view text)
{
    unsigned char octets[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    if (EVP_Digest(text.data(), text.size(), octets, &size, md, nullptr) != 1)
        throw error(errc::invalid_argument, "OpenSSL could not make the digest");
    std::string out;
    text::base64_encode({octets, size}, out);
    return out;
}

} // namespace coauth::oauth1
