// Which certificates a pool accepts for a host.
#include "certificates.hpp"
#include "http/tls_context.hpp"
#include "scripted_peer.hpp"

#include <coauth/coro/as_result.hpp>
#include <coauth/http/connection_pool.hpp>

#include <openssl/ssl.h>

#include <functional>
#include <memory>

using namespace coauth;
namespace asio = boost::asio;

namespace {

// Making keys takes a while; one root does for all.
const authority& usual_root()
{
    static const authority made;
    return made;
}

leaf changed(const std::function<void(leaf&)>& change)
{
    leaf l("DNS:api.example.com");
    change(l);
    return l;
}

std::unique_ptr<authority> authority_with(const std::function<void(authority_rules&)>& change)
{
    authority_rules rules(usual_root());
    rules.name = "coauth test intermediate";
    change(rules);
    return std::make_unique<authority>(rules);
}

// The error of a request to `host` whose server is `server`, or empty. By a proxy, so that the host may have any name.
// A refused server must not get an octet of it.
std::string verdict_on(const authority& trusted, const std::shared_ptr<asio::ssl::context>& server, std::string host)
{
    asio::io_context context;
    scripted_peer proxy(context, [&](peer_connection& connection) -> asio::awaitable<void> {
        co_await connection.request();
        co_await connection.send("HTTP/1.1 200 Connection established\r\n\r\n");
        const bool safe = co_await connection.start_tls(server);
        if (safe)
            co_await echo(connection);
    });
    http::pool_options options;
    options.trust = http::tls_trust::ca_file(trusted.file());
    options.proxy = proxy.origin().url();
    http::connection_pool pool(context.get_executor(), options);
    http::origin far;
    far.host = std::move(host);
    std::string problem;
    play(context, [&]() -> asio::awaitable<void> {
        const auto r = co_await as_result(pool.send(get(far, "/a")));
        if (!r)
            problem = std::string(name(r.error().reason())) + ": " + r.error().what();
    });
    CHECK(proxy.log().requests.size() == (problem.empty() ? 2 : 1));
    return problem;
}

} // namespace

TEST_CASE("certificates: for a host there must be its name, from an authority that may give it, in time, for a server")
{
    const std::string api = "api.example.com";
    const auto for_names = [](const std::string& names, std::string extended_key_usage = {}) {
        return usual_root().server(leaf(names, std::move(extended_key_usage)));
    };
    const auto leaf_with = [](const std::function<void(leaf&)>& change) {
        return usual_root().server(changed(change));
    };
    // Below the usual root.
    const auto good = authority_with([](auto&) {});
    const auto not_authority = authority_with([](auto& rules) { rules.basic_constraints = "critical,CA:FALSE"; });
    const auto says_nothing = authority_with([](auto& rules) { rules.basic_constraints.clear(); });
    const auto signs_none = authority_with([](auto& rules) { rules.key_usage = "critical,digitalSignature,cRLSign"; });
    const auto past = authority_with([](auto& rules) { rules.begins = -7200, rules.ends = -3600; });
    const auto of_org =
        authority_with([](auto& rules) { rules.name_constraints = "critical,permitted;DNS:example.org"; });
    const auto of_com =
        authority_with([](auto& rules) { rules.name_constraints = "critical,permitted;DNS:example.com"; });
    const auto root_with = [](const std::function<void(authority_rules&)>& change) {
        return authority_with([&change](auto& rules) { rules.issuer = nullptr, change(rules); });
    };
    const auto root_no_authority = root_with([](auto& rules) { rules.basic_constraints = "critical,CA:FALSE"; });
    const auto root_signs_none = root_with([](auto& rules) { rules.key_usage = "critical,cRLSign"; });
    const auto root_past = root_with([](auto& rules) { rules.begins = -7200, rules.ends = -3600; });
    const auto root_of_leaves = root_with([](auto& rules) { rules.basic_constraints = "critical,CA:TRUE,pathlen:0"; });
    const authority second_below{authority_rules(*root_of_leaves)};
    const authority impostor; // by the name of the usual root
    const leaf for_api("DNS:api.example.com");

    struct row {
        const char* name;
        const authority& trusted;
        std::shared_ptr<asio::ssl::context> server;
        std::string host;
        const char* problem; ///< Part of the error; empty: accepted.
    };
    const char* const other_name = "tls_failed: the certificate of api.example.com is refused: hostname mismatch";
    const char* const other_address = "tls_failed: the certificate of 192.0.2.7 is refused: IP address mismatch";
    const row rows[] = {
        {"its name", usual_root(), for_names("DNS:api.example.com"), api, ""},
        {"its name among others", usual_root(), for_names("DNS:a.example,DNS:api.example.com,IP:192.0.2.7"), api, ""},
        {"its name in capitals", usual_root(), for_names("DNS:API.Example.COM"), api, ""},
        {"a wildcard", usual_root(), for_names("DNS:*.example.com"), api, ""},
        {"its address", usual_root(), for_names("IP:192.0.2.7"), "192.0.2.7", ""},
        {"for servers", usual_root(), for_names("DNS:api.example.com", "serverAuth"), api, ""},
        {"for servers and clients", usual_root(), for_names("DNS:api.example.com", "clientAuth,serverAuth"), api, ""},
        {"by an intermediate", usual_root(), good->server(for_api), api, ""},
        {"by one that may", usual_root(), of_com->server(for_api), api, ""},
        {"by a root of leaves", *root_of_leaves, root_of_leaves->server(for_api), api, ""},

        {"a subject and no names", usual_root(),
            leaf_with([](leaf& l) { l.names = "", l.common_name = "api.example.com"; }), api, other_name},
        {"a subject beside an e-mail address", usual_root(),
            leaf_with([](leaf& l) { l.names = "email:a@b.example", l.common_name = "api.example.com"; }), api,
            other_name},
        {"a subject with a wildcard", usual_root(),
            leaf_with([](leaf& l) { l.names = "", l.common_name = "*.example.com"; }), api, other_name},
        {"an address as the subject", usual_root(),
            leaf_with([](leaf& l) { l.names = "", l.common_name = "192.0.2.7"; }), "192.0.2.7", other_address},
        {"another name", usual_root(), for_names("DNS:other.example.com"), api, other_name},
        {"the domain", usual_root(), for_names("DNS:example.com"), api, other_name},
        {"a name that begins with it", usual_root(), for_names("DNS:api.example.com.other.example"), api, other_name},
        {"a name that ends with it", usual_root(), for_names("DNS:x.api.example.com,DNS:xapi.example.com"), api,
            other_name},
        {"a URI with it", usual_root(), for_names("URI:https://api.example.com/"), api, other_name},
        {"a wildcard, one label too high", usual_root(), for_names("DNS:*.com"), "example.com", "hostname mismatch"},
        {"a wildcard, one label too few", usual_root(), for_names("DNS:*.example.com"), "a.b.example.com",
            "hostname mismatch"},
        {"a wildcard for the domain", usual_root(), for_names("DNS:*.example.com"), "example.com", "hostname mismatch"},
        {"the beginning of a wildcard", usual_root(), for_names("DNS:a*.example.com"), api, other_name},
        {"the end of a wildcard", usual_root(), for_names("DNS:*i.example.com"), api, other_name},
        {"a wildcard inside", usual_root(), for_names("DNS:a*i.example.com"), api, other_name},
        {"a wildcard that is not first", usual_root(), for_names("DNS:api.*.com"), api, other_name},
        {"two wildcards", usual_root(), for_names("DNS:*.*.com"), api, other_name},
        {"a wildcard for everything", usual_root(), for_names("DNS:*"), "localhost", "hostname mismatch"},
        {"another address", usual_root(), for_names("IP:192.0.2.8"), "192.0.2.7", other_address},
        {"an address as a name", usual_root(), for_names("DNS:192.0.2.7"), "192.0.2.7", other_address},
        {"a name where an address was asked for", usual_root(), for_names("DNS:api.example.com"), "192.0.2.7",
            other_address},
        {"an address where a name was asked for", usual_root(), for_names("IP:192.0.2.7"), api, other_name},

        {"for clients", usual_root(), for_names("DNS:api.example.com", "clientAuth"), api, "certificate purpose"},
        {"for code", usual_root(), for_names("DNS:api.example.com", "codeSigning,emailProtection"), api,
            "certificate purpose"},
        {"a key that signs lists", usual_root(), leaf_with([](leaf& l) { l.key_usage = "critical,cRLSign"; }), api,
            "certificate purpose"},
        {"past", usual_root(), leaf_with([](leaf& l) { l.begins = -7200, l.ends = -3600; }), api, "has expired"},
        {"to come", usual_root(), leaf_with([](leaf& l) { l.begins = 3600, l.ends = 7200; }), api, "not yet valid"},
        {"signed with SHA-1", usual_root(), leaf_with([](leaf& l) { l.digest = "SHA1"; }), api, "too weak"},
        {"a short key", usual_root(), leaf_with([](leaf& l) { l.rsa_bits = 768; }), api, "too weak"},
        {"by itself", usual_root(), leaf_with([](leaf& l) { l.self_signed = true; }), api, "self-signed certificate"},

        {"by one that is not an authority", usual_root(), not_authority->server(for_api), api,
            "invalid CA certificate"},
        {"by one without basic constraints", usual_root(), says_nothing->server(for_api), api,
            "invalid CA certificate"},
        {"by one that may not sign", usual_root(), signs_none->server(for_api), api, "invalid CA certificate"},
        {"by one whose time is over", usual_root(), past->server(for_api), api, "has expired"},
        {"by one for other names", usual_root(), of_org->server(for_api), api, "permitted subtree violation"},
        {"by a root that is not an authority", *root_no_authority, root_no_authority->server(for_api), api,
            "invalid CA certificate"},
        {"by a root that may not sign", *root_signs_none, root_signs_none->server(for_api), api,
            "invalid CA certificate"},
        {"by a root whose time is over", *root_past, root_past->server(for_api), api, "has expired"},
        {"by one below a root of leaves", *root_of_leaves, second_below.server(for_api), api, "path length"},
        {"by one of the same name", usual_root(), impostor.server(for_api), api, "certificate"},
        {"by one that is not trusted", *root_of_leaves, usual_root().server(for_api), api,
            "unable to get local issuer"},
    };
    for (const auto& row : rows) {
        CAPTURE(std::string(row.name));
        const std::string problem = verdict_on(row.trusted, row.server, row.host);
        if (*row.problem == '\0')
            CHECK_MESSAGE(problem.empty(), problem);
        else
            CHECK_MESSAGE(
                (problem.starts_with("tls_failed: ") && problem.find(row.problem) != std::string::npos), problem);
    }
}

// What a system's configuration of OpenSSL may hide from the tests above.
TEST_CASE("certificates: a context asks for TLS 1.2, for a certificate, and for none but its own authorities")
{
    const auto context = http::make_tls_context(http::tls_trust::ca_file(usual_root().file()));
    SSL_CTX* native = context->native_handle();
    CHECK(SSL_CTX_get_min_proto_version(native) >= TLS1_2_VERSION);
    CHECK(SSL_CTX_get_verify_mode(native) == SSL_VERIFY_PEER);
    X509_STORE* store = nullptr;
    SSL_CTX_get0_verify_cert_store(native, &store);
    CHECK(store == SSL_CTX_get_cert_store(native));
}
