// The provider that is called, and what the calls need.
#pragma once

#include <coauth/http/connection_pool.hpp>
#include <coauth/http/transport.hpp>
#include <coauth/identity/account.hpp>
#include <coauth/oauth1/credentials.hpp>
#include <coauth/secret.hpp>
#include <coauth/twitter/client.hpp>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace bench {

/// A server that returns the same responses again and again: the harness's (`BENCH_TMP`, `BENCH_PORT`), or else a sandbox in a
/// process of its own, which ends with this one.
class server {
public:
    /// Before the first thread, for it may fork. `is_called`: false, and there is none; only the credentials are used.
    explicit server(bool is_called);

    coauth::twitter::client client(boost::asio::any_io_executor executor, coauth::http::pool_options options) const;
    coauth::twitter::client client(std::shared_ptr<coauth::http::transport> transport) const;
    /// The user of `bearer` at a provider of OAuth 2: X where it is the sandbox, else one whose user URL is the harness's.
    std::shared_ptr<coauth::account> bearer_account(std::shared_ptr<coauth::http::transport> transport) const;
    coauth::http::pool_options pool() const;

    std::string base;
    std::string ca_file;
    coauth::oauth1::consumer app;
    coauth::oauth1::access_token user;
    coauth::secret bearer;               ///< The text of a credential of OAuth 2.
    std::string user_name;               ///< Of the user that it knows.
    std::vector<std::string> user_names; ///< Of all that it knows, if it is a sandbox.
    bool is_sandbox = false;

private:
    void start_sandbox();
};

} // namespace bench
