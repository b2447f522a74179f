// What the calls of one app at X share.
#pragma once

#include "api/caller.hpp"
#include "api/oauth1_signing.hpp"
#include "twitter/routes.hpp"

#include <coauth/http/origin.hpp>
#include <coauth/http/transport.hpp>
#include <coauth/oauth1/credentials.hpp>
#include <coauth/oauth1/signer.hpp>
#include <coauth/twitter/client.hpp>

#include <memory>
#include <optional>

namespace coauth::twitter {

/// A caller with X's keys, options and addresses. Without keys it is for tokens of OAuth 2: its calls are API 2's, and a bare 401
/// means the token.
///
/// Thread safety: a shared object is safe through its const functions.
class x_app : public api::caller {
public:
    /// Throws as `client` does.
    x_app(std::shared_ptr<http::transport> transport, std::optional<oauth1::consumer> keys, client_options options);

    /// Only if it has some.
    const oauth1::consumer& keys() const noexcept { return *keys_; }
    const std::shared_ptr<const oauth1::signer>& signer() const noexcept { return signer_; } ///< Of the keys alone.
    const client_options& options() const noexcept { return options_; }
    const twitter::routes& routes() const noexcept { return routes_; }
    const http::base_url& authorize() const noexcept { return authorize_; }
    const api::nonce_source& nonce() const noexcept { return nonce_; }

private:
    std::optional<oauth1::consumer> keys_;
    client_options options_;
    twitter::routes routes_;
    http::base_url authorize_;
    api::nonce_source nonce_;
    std::shared_ptr<const oauth1::signer> signer_;
};
using shared_app = std::shared_ptr<const x_app>;

} // namespace coauth::twitter
