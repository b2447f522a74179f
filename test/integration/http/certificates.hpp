// Throw-away certificates for peers of a test.
#pragma once

#include <boost/asio/ssl/context.hpp>

#include <openssl/types.h>

#include <memory>
#include <string>
#include <utility>

/// The contents of a leaf certificate. Extensions are in OpenSSL's notation; an empty one is left out.
struct leaf {
    leaf() = default;
    explicit leaf(std::string names, std::string extended_key_usage = {})
        : names(std::move(names)), extended_key_usage(std::move(extended_key_usage))
    {}

    std::string common_name = "localhost";
    std::string names = "DNS:localhost,IP:127.0.0.1"; ///< Subject alternative names.
    std::string extended_key_usage;
    std::string key_usage;
    long begins = -3600; ///< Seconds from now.
    long ends = 3600;
    std::string digest = "SHA256"; ///< Of the signature.
    int rsa_bits = 0;              ///< 0: an EC key instead.
    bool self_signed = false;
};

class authority;

/// The contents of the certificate of an authority.
struct authority_rules {
    authority_rules() = default;
    explicit authority_rules(const authority& issuer, std::string basic_constraints = "critical,CA:TRUE")
        : basic_constraints(std::move(basic_constraints)), issuer(&issuer)
    {}

    std::string name = "coauth test authority";
    std::string basic_constraints = "critical,CA:TRUE";
    std::string key_usage;
    std::string name_constraints;
    long begins = -3600;
    long ends = 3600;
    const authority* issuer = nullptr; ///< Empty: it is a root. Must outlive the authority.
};

/// A certificate authority with a PEM file, which goes with it.
class authority {
public:
    explicit authority(const authority_rules& rules = authority_rules());
    explicit authority(const char* name);
    ~authority();
    authority(const authority&) = delete;
    authority& operator=(const authority&) = delete;

    const std::string& file() const { return file_; }

    /// The context of a server with a certificate from this authority, and its chain up to the root.
    std::shared_ptr<boost::asio::ssl::context> server(const leaf& rules = leaf()) const;

private:
    const authority* issuer_;
    EVP_PKEY* key_;
    X509* certificate_;
    std::string file_;
};
