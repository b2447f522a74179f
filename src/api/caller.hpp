// The one driver of calls: authorizes, sends, and does what `retry` decides.
//
// To write a provider against it: make one `caller` for the app, with the provider's reader of refusals; make a `call` of each
// request; await `perform` for its response, or `exchange` where a refusal is a value (a device code that is still pending).
//
//     api::caller_options options;
//     options.read = read_oauth2_error; // error(const http::response&, const circumstances&): by `circumstances::at`
//     auto app = std::make_shared<const api::caller>(transport, options);
//     auto request = std::make_shared<api::call>();
//     request->at = api::step::access_token;
//     request->request = token_request(...); // POST, form, Accept: application/json
//     request->hidden = {client_secret, code, verifier};
//     const http::response response = co_await api::perform(app, std::move(request));
//
// A GET with a bearer header has `repeatable` set, and the token in `hidden`.
#pragma once

#include "api/call.hpp"
#include "api/provider_clock.hpp"
#include "api/refusal.hpp"
#include "api/retry.hpp"

#include <coauth/coro/clock.hpp>
#include <coauth/http/response.hpp>
#include <coauth/http/transport.hpp>

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace coauth::api {

/// Options of `caller`.
struct caller_options {
    caller_options() = default;

    std::string user_agent;                ///< Default: "coauth/1.0.0".
    std::chrono::milliseconds deadline{0}; ///< For each sending. 0: the transport's default.
    std::shared_ptr<coauth::clock> clock;  ///< Null: the machine's.
    error_reader read;                     ///< Empty: `read_by_status`.
    clock_rule may_mean_clock = nullptr;   ///< Null: the protocol has no timestamps, and no clock is corrected.
};

/// What the calls of one app at one provider share.
///
/// Thread safety: a shared object is safe through its const functions.
class caller {
public:
    /// Throws `errc::invalid_argument` without a transport.
    caller(std::shared_ptr<http::transport> transport, caller_options options);

    http::transport& transport() const noexcept { return *transport_; }
    const std::shared_ptr<provider_clock>& clock() const noexcept { return clock_; }
    const std::string& user_agent() const noexcept { return user_agent_; }
    std::chrono::milliseconds deadline() const noexcept { return deadline_; }
    const error_reader& read() const noexcept { return read_; }
    clock_rule may_mean_clock() const noexcept { return may_mean_clock_; }

private:
    std::shared_ptr<http::transport> transport_;
    std::shared_ptr<provider_clock> clock_;
    std::string user_agent_;
    std::chrono::milliseconds deadline_;
    error_reader read_;
    clock_rule may_mean_clock_;
};

/// What became of a call.
struct outcome {
    outcome() = default;

    http::response response;
    std::optional<error> refused; ///< Set unless the status is 2xx.
};

/// Sends `request` until it is responded to or refused for good. Throws if no response came, and for a 2xx whose body is encoded.
boost::asio::awaitable<outcome> exchange(std::shared_ptr<const caller> app, std::shared_ptr<const call> request);

/// The same; throws the refusal too.
boost::asio::awaitable<http::response> perform(std::shared_ptr<const caller> app, std::shared_ptr<const call> request);

} // namespace coauth::api
