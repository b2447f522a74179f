// The one driver of every call: signs, sends, and does what `retry` decides.
#pragma once

#include "api/provider_clock.hpp"
#include "twitter/outgoing.hpp"

#include <coauth/http/origin.hpp>
#include <coauth/http/response.hpp>
#include <coauth/http/transport.hpp>
#include <coauth/twitter/client.hpp>

#include <boost/asio/awaitable.hpp>

#include <memory>
#include <optional>

namespace coauth::twitter {

/// What became of a call.
struct outcome {
    outcome() = default;

    http::response answer;
    std::optional<error> refused; ///< Set unless the status is 2xx.
};

/// What the calls of one client share.
///
/// Thread safety: a shared object is safe through its const functions.
class caller {
public:
    /// Throws as `client` does.
    caller(std::shared_ptr<http::transport> transport, oauth1::consumer app, client_options options);

    const oauth1::consumer& app() const noexcept { return app_; }
    const client_options& options() const noexcept { return options_; }
    const http::base_url& api() const noexcept { return api_; }
    const http::base_url& authorize() const noexcept { return authorize_; }
    http::transport& transport() const noexcept { return *transport_; }
    api::provider_clock& clock() const noexcept { return *clock_; }

    /// A nonce and this time.
    oauth1::moment moment_at(std::chrono::sys_seconds time) const;

private:
    std::shared_ptr<http::transport> transport_;
    oauth1::consumer app_;
    client_options options_;
    http::base_url api_;
    http::base_url authorize_;
    std::shared_ptr<api::provider_clock> clock_;
};

/// Sends `what` until it is answered or refused for good. Throws if no answer came.
boost::asio::awaitable<outcome> exchange(std::shared_ptr<const caller> from, std::shared_ptr<const outgoing> what);

/// The same; throws the refusal too.
boost::asio::awaitable<http::response> perform(
    std::shared_ptr<const caller> from, std::shared_ptr<const outgoing> what);

} // namespace coauth::twitter
