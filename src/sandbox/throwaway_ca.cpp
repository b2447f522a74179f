#include "sandbox/throwaway_ca.hpp"

#include <coauth/text/ascii.hpp>

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <memory>
#include <string_view>

namespace coauth::sandbox {

namespace {

template <auto Free>
struct freed_by {
    template <class T>
    void operator()(T* object) const noexcept
    {
        Free(object);
    }
};

using key_ptr = std::unique_ptr<EVP_PKEY, freed_by<EVP_PKEY_free>>;
using certificate_ptr = std::unique_ptr<X509, freed_by<X509_free>>;
using extension_ptr = std::unique_ptr<X509_EXTENSION, freed_by<X509_EXTENSION_free>>;
using names_ptr = std::unique_ptr<GENERAL_NAMES, freed_by<GENERAL_NAMES_free>>;
using name_ptr = std::unique_ptr<GENERAL_NAME, freed_by<GENERAL_NAME_free>>;
using text_ptr = std::unique_ptr<ASN1_IA5STRING, freed_by<ASN1_IA5STRING_free>>;
using octets_ptr = std::unique_ptr<ASN1_OCTET_STRING, freed_by<ASN1_OCTET_STRING_free>>;
using bio_ptr = std::unique_ptr<BIO, freed_by<BIO_free>>;

// Apart from memory and random octets, nothing makes these fail with the arguments given here.
void require(bool done)
{
    if (!done)
        throw error(errc::invalid_argument, "OpenSSL could not make a certificate")
            .with_hint(
                "it needs memory and random octets: check the limits of this process (ulimit -a), and that it may "
                "read /dev/urandom");
}

key_ptr make_key()
{
    key_ptr key(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256")); // not EVP_EC_gen, which casts const away
    require(key != nullptr);
    return key;
}

void set_random_serial(X509* certificate)
{
    std::array<unsigned char, 16> serial;
    require(RAND_bytes(serial.data(), static_cast<int>(serial.size())) == 1);
    serial[0] = static_cast<unsigned char>((serial[0] & 0x7f) | 0x40); // positive, and always as long
    const std::unique_ptr<BIGNUM, freed_by<BN_free>> number(
        BN_bin2bn(serial.data(), static_cast<int>(serial.size()), nullptr));
    require(number && BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr);
}

// A certificate with everything but its extensions and its signature.
certificate_ptr begin_certificate(EVP_PKEY* key, std::string_view name, std::chrono::system_clock::time_point now)
{
    certificate_ptr certificate(X509_new());
    require(certificate && X509_set_version(certificate.get(), X509_VERSION_3) == 1);
    set_random_serial(certificate.get());
    // The slack is for a client whose clock is behind.
    const std::time_t not_before = std::chrono::system_clock::to_time_t(now - std::chrono::hours(24));
    const std::time_t not_after = std::chrono::system_clock::to_time_t(now + std::chrono::hours(7 * 24));
    require(ASN1_TIME_set(X509_getm_notBefore(certificate.get()), not_before) != nullptr);
    require(ASN1_TIME_set(X509_getm_notAfter(certificate.get()), not_after) != nullptr);
    const std::string text(name);
    require(X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_UTF8,
                reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()), -1, 0) == 1);
    require(X509_set_pubkey(certificate.get(), key) == 1);
    return certificate;
}

void add_extension(X509* certificate, X509* issuer, int kind, const char* value)
{
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    const extension_ptr extension(X509V3_EXT_conf_nid(nullptr, &context, kind, value));
    require(extension && X509_add_ext(certificate, extension.get(), -1) == 1);
}

bool is_host_name(std::string_view name) noexcept
{
    return !name.empty() && name.size() <= 253 && std::all_of(name.begin(), name.end(), [](char c) {
        return text::is_letter_or_digit(c) || c == '-' || c == '.' || c == '_' || c == '*';
    });
}

name_ptr general_name(const std::string& name)
{
    name_ptr out(GENERAL_NAME_new());
    require(out != nullptr);
    // As objects and not as OpenSSL's configuration text, in which a name could say more than its name.
    octets_ptr address(name.find('\0') == std::string::npos ? a2i_IPADDRESS(name.c_str()) : nullptr);
    if (address) {
        GENERAL_NAME_set0_value(out.get(), GEN_IPADD, address.release());
        return out;
    }
    if (!is_host_name(name))
        throw error(errc::invalid_argument, "a TLS name is neither a host name nor an IP address");
    text_ptr text(ASN1_IA5STRING_new());
    require(text && ASN1_STRING_set(text.get(), name.data(), static_cast<int>(name.size())) == 1);
    GENERAL_NAME_set0_value(out.get(), GEN_DNS, text.release());
    return out;
}

void add_names(X509* certificate, const std::vector<std::string>& further)
{
    std::vector<std::string> names = {"localhost", "127.0.0.1", "::1"};
    names.insert(names.end(), further.begin(), further.end());
    const names_ptr all(GENERAL_NAMES_new());
    require(all != nullptr);
    for (const std::string& name : names) {
        name_ptr next = general_name(name);
        require(sk_GENERAL_NAME_push(all.get(), next.get()) > 0);
        next.release();
    }
    require(X509_add1_ext_i2d(certificate, NID_subject_alt_name, all.get(), 0, X509V3_ADD_DEFAULT) == 1);
}

std::string text_of(BIO* memory)
{
    char* bytes = nullptr;
    const long size = BIO_get_mem_data(memory, &bytes);
    require(size > 0);
    return std::string(bytes, static_cast<std::size_t>(size));
}

std::string pem(X509* certificate)
{
    const bio_ptr out(BIO_new(BIO_s_mem()));
    require(out && PEM_write_bio_X509(out.get(), certificate) == 1);
    return text_of(out.get());
}

std::string pem(EVP_PKEY* key)
{
    const bio_ptr out(BIO_new(BIO_s_mem()));
    require(out && PEM_write_bio_PrivateKey(out.get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1);
    return text_of(out.get());
}

} // namespace

throwaway_certificates make_throwaway_certificates(
    const std::vector<std::string>& names, std::chrono::system_clock::time_point now)
{
    const key_ptr ca_key = make_key();
    const certificate_ptr ca = begin_certificate(ca_key.get(), "coauth sandbox throw-away CA", now);
    require(X509_set_issuer_name(ca.get(), X509_get_subject_name(ca.get())) == 1);
    add_extension(ca.get(), ca.get(), NID_basic_constraints, "critical,CA:TRUE,pathlen:0");
    add_extension(ca.get(), ca.get(), NID_key_usage, "critical,keyCertSign,cRLSign");
    add_extension(ca.get(), ca.get(), NID_subject_key_identifier, "hash");
    require(X509_sign(ca.get(), ca_key.get(), EVP_sha256()) > 0);

    const key_ptr server_key = make_key();
    const certificate_ptr server = begin_certificate(server_key.get(), "coauth sandbox", now);
    require(X509_set_issuer_name(server.get(), X509_get_subject_name(ca.get())) == 1);
    add_extension(server.get(), ca.get(), NID_basic_constraints, "critical,CA:FALSE");
    add_extension(server.get(), ca.get(), NID_key_usage, "critical,digitalSignature");
    add_extension(server.get(), ca.get(), NID_ext_key_usage, "serverAuth");
    add_extension(server.get(), ca.get(), NID_subject_key_identifier, "hash");
    add_extension(server.get(), ca.get(), NID_authority_key_identifier, "keyid:always");
    add_names(server.get(), names);
    require(X509_sign(server.get(), ca_key.get(), EVP_sha256()) > 0);

    throwaway_certificates out;
    out.server = server::tls_identity(pem(server.get()), pem(server_key.get()));
    out.ca = pem(ca.get());
    return out;
}

} // namespace coauth::sandbox
