// Signed requests to a provider of OAuth 1.0a, and their refusals as errors.
#pragma once

#include <coauth/coro/clock.hpp>
#include <coauth/error.hpp>
#include <coauth/http/request.hpp>
#include <coauth/http/response.hpp>
#include <coauth/http/transport.hpp>
#include <coauth/oauth1/credentials.hpp>
#include <coauth/oauth1/message.hpp>
#include <coauth/oauth1/parameters.hpp>
#include <coauth/oauth1/signer.hpp>
#include <coauth/providers/oauth1_provider.hpp>

#include <boost/asio/awaitable.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace coauth::providers {

/// What the operations of one provider share.
///
/// Thread safety: a shared object is safe.
struct oauth1_app {
    oauth1_app(std::shared_ptr<http::transport> transport, oauth1::consumer app, oauth1_rules rules,
        std::shared_ptr<coauth::clock> clock);

    oauth1::moment now() const;

    std::shared_ptr<http::transport> transport;
    oauth1::consumer app;
    oauth1_rules rules;
    std::shared_ptr<coauth::clock> clock;
};
using shared_app = std::shared_ptr<const oauth1_app>;

/// What a request is for: it decides the meaning of a refusal.
enum class oauth1_step { request_token, access_token, call };

/// Signs and sends it once, and gives the response if its status is 2xx. `signer`: of the app alone, of a login, or of a user.
boost::asio::awaitable<http::response> send_signed(shared_app app, std::shared_ptr<const oauth1::signer> signer,
    http::request request, oauth1::parameters oauth, oauth1_step step);

/// A refusal as an error: the status, and the provider's words on one line, unless they repeat what was sent in
/// `authorization`, the header of the request.
error refusal_of(const http::response& response, oauth1_step step, std::string_view authorization);

} // namespace coauth::providers
