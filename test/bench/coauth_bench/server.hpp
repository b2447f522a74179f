// The provider that is called, and what the calls need.
#pragma once

#include <coauth/http/connection_pool.hpp>
#include <coauth/oauth1/credentials.hpp>
#include <coauth/twitter/client.hpp>

#include <string>
#include <utility>
#include <vector>

namespace bench {

/// A server that returns the same responses again and again: the harness's (`BENCH_TMP`, `BENCH_PORT`), or else a sandbox in a
/// process of its own, which ends with this one.
class server {
public:
    /// Before the first thread, for it may fork.
    server();

    coauth::twitter::client client(boost::asio::any_io_executor executor, coauth::http::pool_options options) const;
    coauth::http::pool_options pool() const;

    std::string base;
    std::string ca_file;
    coauth::oauth1::consumer app;
    coauth::oauth1::access_token user;
    std::string user_name;               ///< Of the user that it knows.
    std::vector<std::string> user_names; ///< Of a hundred, if it is a sandbox.
    bool is_sandbox = false;

private:
    void start_sandbox();
};

} // namespace bench
