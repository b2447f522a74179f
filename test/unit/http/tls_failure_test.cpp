#include "http/tls_context.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/ssl/error.hpp>

#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

using namespace coauth;

TEST_CASE("tls_failure: a failed handshake has a hint")
{
    struct row {
        long verdict;
        const char* hint;
    };
    const row rows[] = {
        {X509_V_ERR_HOSTNAME_MISMATCH, "another name"},
        {X509_V_ERR_IP_ADDRESS_MISMATCH, "another name"},
        {X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, "CA file"},
        {X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, "CA file"},
        {X509_V_ERR_CERT_HAS_EXPIRED, "clock"},
        {X509_V_ERR_CERT_NOT_YET_VALID, "clock"},
        {X509_V_ERR_EE_KEY_TOO_SMALL, "can't be turned off"},
    };
    const boost::system::error_code refused(1, boost::asio::error::get_ssl_category());
    for (const auto& r : rows) {
        CAPTURE(r.verdict);
        const auto e = http::tls_failure("api.x.com", refused, r.verdict);
        CHECK(e.reason() == errc::tls_failed);
        CHECK(e.hint().value_or("").find(r.hint) != std::string::npos);
        CHECK(e.message().find("api.x.com") != std::string::npos);
    }
    CHECK(http::tls_failure("x", refused, X509_V_OK).reason() == errc::tls_failed);
}

TEST_CASE("tls_failure: a connection that breaks in the handshake is a transient error")
{
    for (const boost::system::error_code ec : {make_error_code(boost::asio::error::eof),
             make_error_code(boost::asio::error::connection_reset), make_error_code(boost::asio::error::broken_pipe),
             make_error_code(boost::asio::ssl::error::stream_truncated)})
        CHECK(http::tls_failure("x", ec, X509_V_OK).reason() == errc::connection_lost);
}

TEST_CASE("tls_context: it verifies, from TLS 1.2 on, by the named authorities only")
{
    const auto context = http::make_tls_context(http::tls_trust());
    SSL_CTX* const native = context->native_handle();
    CHECK(SSL_CTX_get_verify_mode(native) == SSL_VERIFY_PEER);
    CHECK(SSL_CTX_get_min_proto_version(native) >= TLS1_2_VERSION);
    CHECK((SSL_CTX_get_options(native) & SSL_OP_NO_RENEGOTIATION) != 0);
    CHECK((SSL_CTX_get_options(native) & SSL_OP_NO_COMPRESSION) != 0);

    for (const char* path : {"/nowhere/at/all.pem", "/dev/null", COAUTH_TEST_DIR}) {
        CAPTURE(path);
        try {
            http::make_tls_context(http::tls_trust::ca_file(path));
            FAIL("a context without authorities was made");
        } catch (const error& e) {
            CHECK(e.reason() == errc::invalid_argument);
        }
    }
}
