// A provider to test logins against: strict, on loopback, without real keys.
#pragma once

#include <coauth/error.hpp>
#include <coauth/oauth1/credentials.hpp>
#include <coauth/secret.hpp>
#include <coauth/server/http_server.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace coauth::sandbox {

enum class mode {
    strict, ///< RFC 5849, and nothing it does not say.
    x,      ///< With what the real provider is known to tolerate, such as a request token's secret that was not used.
};

/// How often a route may be called. A call by a user's token counts against the user's limit at its app, a
/// call by the app alone (bearer token, or signed without a token) against the app's; the limits of a
/// day count both.
struct route_limit {
    route_limit() = default;
    constexpr route_limit(std::int64_t new_per_user, std::int64_t new_per_app, std::int64_t new_per_user_day = 0,
        std::int64_t new_per_app_day = 0)
        : per_user(new_per_user), per_app(new_per_app), per_user_day(new_per_user_day), per_app_day(new_per_app_day)
    {}

    std::int64_t per_user = 0;     ///< By one user of one app, with any of the tokens, in one window. 0: no limit.
    std::int64_t per_app = 0;      ///< By one consumer without a token, in one window. 0: no limit.
    std::int64_t per_user_day = 0; ///< The same in 24 hours. 0: no limit.
    std::int64_t per_app_day = 0;  ///< By one consumer, for all its users together, in 24 hours. 0: no limit.
};

/// Where a client finds each provider that the sandbox plays: below `provider::url()`. An issuer's other URLs are in its
/// discovery document.
struct provider_bases {
    provider_bases() = default;

    std::string x_api, x_authorize; ///< For OAuth 1.0a and OAuth 2.
    std::string google_issuer;
    std::string github_login, github_api;
    std::string facebook_dialog, facebook_graph;
    std::string oidc_issuer;
};

/// Options of `provider`. docs/sandbox.md describes them for users of `coauth-sandbox`.
struct options {
    options() = default;

    std::string address = "127.0.0.1"; ///< An IP address, loopback unless `expose`. 0.0.0.0 and :: are all of them.
    std::uint16_t port = 0;            ///< 0: the kernel chooses.
    /// Allows an address that other machines reach: every visitor may sign in as any user. For containers. The
    /// control port stays on loopback. Default: no.
    bool expose = false;
    sandbox::mode mode = mode::strict;

    /// How many users there are: `user_1`, `user_2`, ... with ids, pictures, tweets and followers that
    /// are the same each time. Default 10. Ignored with a seed that has users.
    std::size_t users = 10;

    /// JSON text with consumers, users, tokens, tweets and followers (docs/sandbox.md); empty: none.
    std::string seed;

    /// Approves without asking, as this user; an empty name is the first user who is not suspended.
    std::optional<std::string> auto_approve;

    std::string consumer_key = "sandbox-consumer-key";
    std::string consumer_secret = "sandbox-consumer-secret-not-a-real-one";

    /// The OAuth 2 clients that are there without a seed, for every provider: one with a secret, which it may send by
    /// HTTP Basic or in the body, and a public one. Both may use any redirect URI.
    std::string client_id = "sandbox-client-id";
    std::string client_secret = "sandbox-client-secret-not-a-real-one";
    std::string public_client_id = "sandbox-public-client-id";

    /// A certificate of your own; empty: one from a throw-away CA.
    std::optional<server::tls_identity> tls;
    /// Further names in the throw-away certificate, beside localhost, 127.0.0.1, ::1 and `address`.
    std::vector<std::string> tls_names;
    /// Where the throw-away CA's certificate is written; empty: into a new temporary folder.
    std::string ca_out;

    std::chrono::seconds request_token_ttl{900};
    std::chrono::seconds timestamp_window{300};
    /// How far the sandbox's own clock is ahead of the machine's; negative: behind.
    std::chrono::seconds clock_skew{0};
    std::chrono::seconds rate_window{900};
    /// By route, such as "/2/users/me" or "/2/users/:id"; replaces the documented limits route by route.
    std::map<std::string, route_limit> rate_limits;

    /// JSON array of scripted faults (docs/sandbox.md); empty: none.
    std::string faults;

    /// Gets one line a request, without secrets. Called from the provider's threads, one at a time.
    std::function<void(std::string_view)> log;
};

/// The sandbox inside a program: embed it in a test and point a client at `url()`.
///
///     asio::io_context io;
///     coauth::sandbox::provider sandbox(io.get_executor());
///     // client: endpoints(sandbox.url()), tls_trust::ca_file(sandbox.ca_file()), sandbox.consumer()
///
/// Thread safety: safe. Lifetime: stops serving when destroyed; removes the temporary folder it made.
class COAUTH_DECL provider {
public:
    /// Listens at once. Throws `errc::invalid_argument` for options, a seed or faults that can't be used.
    explicit provider(boost::asio::any_io_executor executor, sandbox::options options = sandbox::options());
    ~provider();

    provider(const provider&) = delete;
    provider& operator=(const provider&) = delete;

    boost::asio::any_io_executor get_executor() const noexcept;

    /// "https://127.0.0.1:40123". All addresses (0.0.0.0 and ::) are given as their loopback address.
    std::string url() const;
    std::string control_url() const; ///< Plain http on loopback; see docs/sandbox.md.
    std::string ca_file() const;     ///< Empty with a certificate of your own.
    oauth1::consumer consumer() const;

    provider_bases bases() const;
    std::string client_id() const;
    secret client_secret() const;
    std::string public_client_id() const;

    /// A token as if this user had signed in; throws `errc::not_found` for an unknown name.
    oauth1::access_token issue_access_token(std::string_view username);

    /// What the control port responds to GET /journal and GET /counters, as JSON text.
    std::string journal() const;
    std::string counters() const;

    /// The OAuth 2 access tokens of a user, who is given by name or id, expire now; refresh tokens stay. Returns how many
    /// there were; throws `errc::not_found`.
    std::size_t expire_tokens(std::string_view user);
    /// A new key signs ID tokens from now on; the one before it stays in the JWKS.
    void rotate_keys();

    /// Clears journal, counters, rate windows, faults and logins; keeps users and their tokens.
    void reset();
    void set_clock_skew(std::chrono::seconds skew);
    /// Replaces the scripted faults; throws `errc::invalid_argument`.
    void set_faults(std::string_view json);

    /// Stops listening and returns when the last request has its response. One that takes longer than 10 s, such as by a
    /// scripted delay, is cut.
    boost::asio::awaitable<void> close();

private:
    class state;
    std::shared_ptr<state> state_;
};

} // namespace coauth::sandbox
