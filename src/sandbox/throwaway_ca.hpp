// Certificates for a server that runs as long as a test.
#pragma once

#include <coauth/server/http_server.hpp>

#include <chrono>
#include <string>
#include <vector>

namespace coauth::sandbox {

/// What a certificate authority made before it was thrown away.
struct throwaway_certificates {
    throwaway_certificates() = default;

    server::tls_identity server; ///< The server's certificate and its key.
    std::string ca;              ///< The authority's certificate, PEM: what clients have to trust.
};

/// Makes a certificate authority, has it sign one server certificate, and drops its key, so that
/// a client that trusts the authority trusts this one server and nothing else, ever.
///
/// The certificate is good for localhost, 127.0.0.1, ::1 and `names` (host names or IP addresses), from
/// a day before `now` to a week after it. Keys are EC P-256 and never touch the disk. Throws
/// `errc::invalid_argument` for a name that no certificate can hold.
throwaway_certificates make_throwaway_certificates(
    const std::vector<std::string>& names, std::chrono::system_clock::time_point now);

} // namespace coauth::sandbox
