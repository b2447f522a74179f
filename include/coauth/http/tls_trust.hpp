// Which certificate authorities a connection trusts.
#pragma once

#include <coauth/export.hpp>

#include <string>

namespace coauth::http {

/// The certificate authorities that may vouch for a provider. Certificate, host name and SNI are
/// always verified, with TLS 1.2 or later; only the authorities can be chosen.
///
/// Thread safety: a value. Lifetime: owns its path.
class COAUTH_DECL tls_trust {
public:
    /// The system's authorities, from the places OpenSSL was built with. The environment
    /// (`SSL_CERT_FILE`, `SSL_CERT_DIR`) is not read: it would silently replace them.
    tls_trust() = default;

    /// Only the authorities in this PEM file.
    static tls_trust ca_file(std::string path);

    /// Empty for the system's.
    const std::string& file() const noexcept { return file_; }

private:
    std::string file_;
};

} // namespace coauth::http
