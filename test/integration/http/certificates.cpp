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
    if (value.empty())
        return;
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
X509* make(const std::string& name, EVP_PKEY* key, long begins, long ends, long serial)
{
    X509* certificate = X509_new();
    X509_set_version(certificate, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial);
    X509_gmtime_adj(X509_getm_notBefore(certificate), begins);
    X509_gmtime_adj(X509_getm_notAfter(certificate), ends);
    X509_set_pubkey(certificate, key);
    X509_NAME* subject = X509_get_subject_name(certificate);
    const auto* text = reinterpret_cast<const unsigned char*>(name.c_str());
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, text, -1, -1, 0);
    return certificate;
}

authority_rules named_authority(const char* name)
{
    authority_rules rules;
    rules.name = name;
    return rules;
}

} // namespace

authority::authority(const char* name) : authority(named_authority(name))
{}

authority::authority(const authority_rules& rules)
    : issuer_(rules.issuer), key_(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256")),
      certificate_(make(rules.name, key_, rules.begins, rules.ends, 1))
{
    X509* issuer = issuer_ ? issuer_->certificate_ : certificate_;
    X509_set_issuer_name(certificate_, X509_get_subject_name(issuer));
    extend(certificate_, issuer, NID_basic_constraints, rules.basic_constraints);
    extend(certificate_, issuer, NID_key_usage, rules.key_usage);
    extend(certificate_, issuer, NID_name_constraints, rules.name_constraints);
    extend(certificate_, issuer, NID_subject_key_identifier, "hash");
    X509_sign(certificate_, issuer_ ? issuer_->key_ : key_, EVP_sha256());

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

std::shared_ptr<boost::asio::ssl::context> authority::server(const leaf& rules) const
{
    EVP_PKEY* key = rules.rsa_bits > 0
                        ? EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", static_cast<std::size_t>(rules.rsa_bits))
                        : EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256");
    X509* certificate = make(rules.common_name, key, rules.begins, rules.ends, 2);
    X509_set_issuer_name(certificate, X509_get_subject_name(rules.self_signed ? certificate : certificate_));
    extend(certificate, certificate_, NID_subject_alt_name, rules.names);
    extend(certificate, certificate_, NID_ext_key_usage, rules.extended_key_usage);
    extend(certificate, certificate_, NID_key_usage, rules.key_usage);
    X509_sign(certificate, rules.self_signed ? key : key_, EVP_get_digestbyname(rules.digest.c_str()));
    auto context = std::make_shared<boost::asio::ssl::context>(boost::asio::ssl::context::tls_server);
    SSL_CTX_set_security_level(context->native_handle(), 0); // a server may serve what a client must refuse
    if (SSL_CTX_use_certificate(context->native_handle(), certificate) != 1 ||
        SSL_CTX_use_PrivateKey(context->native_handle(), key) != 1)
        throw std::runtime_error("a certificate that no server can have");
    for (const authority* each = this; each->issuer_; each = each->issuer_)
        SSL_CTX_add1_chain_cert(context->native_handle(), each->certificate_);
    X509_free(certificate);
    EVP_PKEY_free(key);
    return context;
}
