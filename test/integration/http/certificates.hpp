// Throw-away certificates for peers of a test.
#pragma once

#include <boost/asio/ssl/context.hpp>

#include <openssl/types.h>

#include <memory>
#include <string>

/// What a leaf certificate says.
struct leaf {
    leaf() = default;

    std::string names = "DNS:localhost,IP:127.0.0.1"; ///< Subject alternative names, in OpenSSL's notation.
    long begins = -3600;                              ///< Seconds from now.
    long ends = 3600;
    bool self_signed = false;
};

/// A certificate authority with a PEM file, which goes with it.
class authority {
public:
    explicit authority(const char* name = "coauth test authority");
    ~authority();
    authority(const authority&) = delete;
    authority& operator=(const authority&) = delete;

    const std::string& file() const { return file_; }

    /// The context of a server with a certificate from this authority.
    std::shared_ptr<boost::asio::ssl::context> server(const leaf& says = leaf()) const;

private:
    EVP_PKEY* key_;
    X509* certificate_;
    std::string file_;
};
