#include "sandbox/throwaway_ca.hpp"

#include <doctest/doctest.h>
#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <chrono>
#include <memory>
#include <string>

using coauth::sandbox::make_throwaway_certificates;
using coauth::sandbox::throwaway_certificates;
using std::chrono::hours;
using std::chrono::system_clock;

namespace {

struct deleter {
    void operator()(BIO* p) const { BIO_free(p); }
    void operator()(X509* p) const { X509_free(p); }
    void operator()(EVP_PKEY* p) const { EVP_PKEY_free(p); }
    void operator()(X509_STORE* p) const { X509_STORE_free(p); }
    void operator()(X509_STORE_CTX* p) const { X509_STORE_CTX_free(p); }
};
template <class T>
using ptr = std::unique_ptr<T, deleter>;

ptr<BIO> reading(const std::string& pem)
{
    return ptr<BIO>(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
}

ptr<X509> certificate(const std::string& pem)
{
    return ptr<X509>(PEM_read_bio_X509(reading(pem).get(), nullptr, nullptr, nullptr));
}

// X509_V_OK, or why the server's certificate does not convince a strict client at `when`.
int verify(const std::string& server, const std::string& ca, system_clock::time_point when)
{
    const auto leaf = certificate(server);
    const auto root = certificate(ca);
    const ptr<X509_STORE> store(X509_STORE_new());
    X509_STORE_add_cert(store.get(), root.get());
    const ptr<X509_STORE_CTX> context(X509_STORE_CTX_new());
    X509_STORE_CTX_init(context.get(), store.get(), leaf.get(), nullptr);
    X509_VERIFY_PARAM* parameters = X509_STORE_CTX_get0_param(context.get());
    X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_X509_STRICT | X509_V_FLAG_CHECK_SS_SIGNATURE);
    X509_VERIFY_PARAM_set_purpose(parameters, X509_PURPOSE_SSL_SERVER);
    X509_VERIFY_PARAM_set_time(parameters, system_clock::to_time_t(when));
    X509_verify_cert(context.get());
    return X509_STORE_CTX_get_error(context.get());
}

const system_clock::time_point now = system_clock::from_time_t(1'795'500'000);

} // namespace

TEST_CASE("throwaway_ca: a strict client accepts the certificate for a week, and from a day before")
{
    const throwaway_certificates made = make_throwaway_certificates({}, now);
    for (const auto& [when, verdict] : {
             std::pair(now, X509_V_OK),
             std::pair(now - hours(23), X509_V_OK),
             std::pair(now + hours(7 * 24 - 1), X509_V_OK),
             std::pair(now - hours(25), X509_V_ERR_CERT_NOT_YET_VALID),
             std::pair(now + hours(7 * 24 + 1), X509_V_ERR_CERT_HAS_EXPIRED),
         })
        CHECK(verify(made.server.certificate, made.ca, when) == verdict);
}

TEST_CASE("throwaway_ca: an authority signs for its own server only")
{
    const throwaway_certificates first = make_throwaway_certificates({}, now);
    const throwaway_certificates other = make_throwaway_certificates({}, now);
    CHECK(verify(first.server.certificate, other.ca, now) != X509_V_OK);
    CHECK(verify(first.server.certificate, first.server.certificate, now) != X509_V_OK);
}

TEST_CASE("throwaway_ca: a throw-away certificate is good for loopback and for the names given")
{
    const throwaway_certificates made =
        make_throwaway_certificates({"api.x.com", "10.1.2.3", "fd00::1", "*.example.com"}, now);
    const auto leaf = certificate(made.server.certificate);
    for (const char* name : {"localhost", "api.x.com", "API.X.COM", "a.example.com"}) {
        CAPTURE(name);
        CHECK(X509_check_host(leaf.get(), name, 0, 0, nullptr) == 1);
    }
    for (const char* name : {"x.com", "example.com", "a.b.example.com", "127.0.0.1", "coauth sandbox"}) {
        CAPTURE(name);
        CHECK(X509_check_host(leaf.get(), name, 0, 0, nullptr) == 0);
    }
    for (const char* address : {"127.0.0.1", "::1", "0:0:0:0:0:0:0:1", "10.1.2.3", "fd00::1"}) {
        CAPTURE(address);
        CHECK(X509_check_ip_asc(leaf.get(), address, 0) == 1);
    }
    CHECK(X509_check_ip_asc(leaf.get(), "127.0.0.2", 0) == 0);
}

TEST_CASE("throwaway_ca: a name that no certificate can hold is refused")
{
    for (const std::string& name : {std::string(), std::string("a b"), std::string("a,DNS:b"), std::string("a\nb"),
             std::string("a\0b", 3), std::string("127.0.0.1\0x", 11), std::string("caf\xc3\xa9"), std::string(254, 'a'),
             std::string("https://a"), std::string("[::1]"), std::string("a:443")}) {
        CAPTURE(name);
        CHECK_THROWS_AS(make_throwaway_certificates({name}, now), coauth::error);
    }
}

TEST_CASE("throwaway_ca: throw-away certificates have the extensions and serial numbers of their kind")
{
    const throwaway_certificates made = make_throwaway_certificates({}, now);
    const auto ca = certificate(made.ca);
    const auto leaf = certificate(made.server.certificate);
    CHECK(X509_get_version(ca.get()) == X509_VERSION_3);
    CHECK(X509_check_ca(ca.get()) == 1);
    CHECK(X509_get_pathlen(ca.get()) == 0);
    CHECK(X509_get_key_usage(ca.get()) == (KU_KEY_CERT_SIGN | KU_CRL_SIGN));
    CHECK(X509_check_ca(leaf.get()) == 0);
    CHECK(X509_get_key_usage(leaf.get()) == KU_DIGITAL_SIGNATURE);
    CHECK(X509_get_extended_key_usage(leaf.get()) == XKU_SSL_SERVER);
    REQUIRE(X509_get0_subject_key_id(ca.get()) != nullptr);
    REQUIRE(X509_get0_subject_key_id(leaf.get()) != nullptr);
    REQUIRE(X509_get0_authority_key_id(leaf.get()) != nullptr);
    CHECK(ASN1_OCTET_STRING_cmp(X509_get0_authority_key_id(leaf.get()), X509_get0_subject_key_id(ca.get())) == 0);
    for (X509* each : {ca.get(), leaf.get()}) {
        CHECK(ASN1_STRING_length(X509_get0_serialNumber(each)) == 16);
        CHECK(ASN1_STRING_type(X509_get0_serialNumber(each)) == V_ASN1_INTEGER); // not V_ASN1_NEG_INTEGER
        CHECK(EVP_PKEY_get_bits(X509_get0_pubkey(each)) == 256);
    }
    CHECK(ASN1_INTEGER_cmp(X509_get0_serialNumber(ca.get()), X509_get0_serialNumber(leaf.get())) != 0);
}

TEST_CASE("throwaway_ca: the key belongs to the server's certificate, and the authority's is dropped")
{
    const throwaway_certificates made = make_throwaway_certificates({}, now);
    const auto leaf = certificate(made.server.certificate);
    const ptr<EVP_PKEY> key(PEM_read_bio_PrivateKey(reading(made.server.private_key).get(), nullptr, nullptr, nullptr));
    REQUIRE(key != nullptr);
    CHECK(X509_check_private_key(leaf.get(), key.get()) == 1);
    CHECK(made.ca.find("PRIVATE") == std::string::npos);
    CHECK(made.server.certificate.find("PRIVATE") == std::string::npos);
}
