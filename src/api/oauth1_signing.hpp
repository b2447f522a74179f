// OAuth 1.0a's credential of a call: each sending is signed with a nonce and a time of its own.
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

/// How a request is signed.
struct signing {
    signing() = default;

    std::shared_ptr<const oauth1::signer> signer; ///< Of the app alone, of a login, or of a user.
    nonce_source nonce = oauth1::random_nonce;
    protocol_parameters oauth;
    std::string realm;          ///< Empty: none.
    std::vector<secret> hidden; ///< The secrets that sign, and what else no error may show.
};

/// Signs the request unchanged: its target, and its body if that is a form.
std::shared_ptr<const authorization> signed_by(signing settings);

/// A user's request as a call that still lacks its credential; an Authorization header of its own is dropped.
/// Throws `errc::invalid_argument` if it is not for `origin`: a token is for its provider.
std::shared_ptr<call> user_call(http::request request, const http::origin& origin);

} // namespace coauth::api
