// OAuth 1.0a's `authorize` of a call: each sending is signed with a nonce and a time of its own.
#pragma once

#include "api/call.hpp"

#include <coauth/http/origin.hpp>
#include <coauth/oauth1/signer.hpp>
#include <coauth/secret.hpp>

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace coauth::api {

/// `oauth1::random_nonce`, or a test's.
using nonce_source = std::function<std::string()>;

/// Protocol parameters beside the usual ones, such as `oauth_verifier`.
using protocol_parameters = std::vector<std::pair<std::string, secret>>;

/// Signs the request unchanged: its target, and its body if that is a form. `realm`: empty for none. `signer`: of the app
/// alone, of a login, or of a user.
authorizer signed_by(std::shared_ptr<const oauth1::signer> signer, nonce_source nonce,
    protocol_parameters oauth = protocol_parameters(), std::string realm = std::string());

/// Puts the parts of a signed request where they are sent, the Authorization header first; gives the signature.
/// `request`: of the URL's origin.
secret put_signed(oauth1::signed_request parts, http::request& request);

/// A user's request as a call that still lacks `authorize` and `hidden`; an Authorization header of its own is dropped.
/// Throws `errc::invalid_argument` if it is not for `origin`: a token is for its provider.
std::shared_ptr<call> user_call(http::request request, const http::origin& origin);

} // namespace coauth::api
