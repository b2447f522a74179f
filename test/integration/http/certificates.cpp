#include "certificates.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <stdexcept>
#include <stdlib.h>
#include <unistd.h>

namespace {

void extend(X509* certificate, X509* issuer, int kind, const std::string& value)
{
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str());
    if (!extension)
        throw std::runtime_error("bad extension: " + value);
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
}

// Not signed yet.
X509* make(const char* name, EVP_PKEY* key, const leaf& says, long serial)
{
    X509* certificate = X509_new();
    X509_set_version(certificate, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial);
    X509_gmtime_adj(X509_getm_notBefore(certificate), says.begins);
    X509_gmtime_adj(X509_getm_notAfter(certificate), says.ends);
    X509_set_pubkey(certificate, key);
    X509_NAME* subject = X509_get_subject_name(certificate);
    const auto* text = reinterpret_cast<const unsigned char*>(name);
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, text, -1, -1, 0);
    return certificate;
}

} // namespace

authority::authority(const char* name)
    : key_(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256")), certificate_(make(name, key_, leaf(), 1))
{
    X509_set_issuer_name(certificate_, X509_get_subject_name(certificate_));
    extend(certificate_, certificate_, NID_basic_constraints, "critical,CA:TRUE");
    extend(certificate_, certificate_, NID_subject_key_identifier, "hash");
    X509_sign(certificate_, key_, EVP_sha256());

    char path[] = "/tmp/coauth-test-ca-XXXXXX";
    const int descriptor = mkstemp(path);
    std::FILE* out = descriptor < 0 ? nullptr : fdopen(descriptor, "w");
    if (!out)
        throw std::runtime_error("no temporary file");
    PEM_write_X509(out, certificate_);
    std::fclose(out);
    file_ = path;
}

authority::~authority()
{
    unlink(file_.c_str());
    X509_free(certificate_);
    EVP_PKEY_free(key_);
}

std::shared_ptr<boost::asio::ssl::context> authority::server(const leaf& says) const
{
    EVP_PKEY* key = EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256");
    X509* certificate = make("localhost", key, says, 2);
    X509_set_issuer_name(certificate, X509_get_subject_name(says.self_signed ? certificate : certificate_));
    extend(certificate, certificate_, NID_subject_alt_name, says.names);
    X509_sign(certificate, says.self_signed ? key : key_, EVP_sha256());
    auto context = std::make_shared<boost::asio::ssl::context>(boost::asio::ssl::context::tls_server);
    SSL_CTX_use_certificate(context->native_handle(), certificate);
    SSL_CTX_use_PrivateKey(context->native_handle(), key);
    X509_free(certificate);
    EVP_PKEY_free(key);
    return context;
}
