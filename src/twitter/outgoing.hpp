// A request that can be signed any number of times.
#pragma once

#include "twitter/refusal_meaning.hpp"

#include <coauth/http/origin.hpp>
#include <coauth/http/request.hpp>
#include <coauth/oauth1/credentials.hpp>
#include <coauth/oauth1/message.hpp>
#include <coauth/oauth1/signer.hpp>
#include <coauth/secret.hpp>
#include <coauth/twitter/client.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace coauth::twitter {

/// One call, before its nonce and timestamp are known: each sending gets its own.
///
/// Thread safety: a shared object is safe once made.
struct outgoing {
    outgoing() = default;

    step at = step::call;
    bool repeatable = false; ///< A GET.
    std::chrono::milliseconds retry_budget{
        0}; ///< How long it may be repeated while the provider is down. Default: never.
    http::origin origin;
    http::fields headers; ///< Further ones, not signed.
    std::string body;     ///< Not signed; a form is part of what `sign` gives.
    std::function<result<oauth1::signed_request>(const oauth1::moment&)> sign;
    std::vector<secret> hidden; ///< What no error may show.
};

/// Leg 1, leg 3, and everything after them. Throw `errc::invalid_argument`.
std::shared_ptr<const outgoing> request_token_call(const oauth1::consumer& app, const http::base_url& base,
    std::string_view path, std::string callback, access_type access);
std::shared_ptr<const outgoing> access_token_call(const oauth1::consumer& app, const http::base_url& base,
    std::string_view path, const oauth1::request_token& login, std::string verifier);
/// `signer`: of this app and user.
std::shared_ptr<const outgoing> user_call(const oauth1::consumer& app, const http::base_url& base,
    const oauth1::access_token& user, std::shared_ptr<const oauth1::signer> signer, api_call call,
    std::chrono::milliseconds retry_budget);

/// A request that its caller has put together. Throws `errc::invalid_argument` if it is not for `base`'s origin: a token is
/// for its provider.
std::shared_ptr<const outgoing> user_call(const oauth1::consumer& app, const http::base_url& base,
    const oauth1::access_token& user, std::shared_ptr<const oauth1::signer> signer, http::request request);

/// The request as it goes on the wire, signed at this moment, and its signature. Throws what signing fails with.
http::request signed_wire_request(const outgoing& what, const oauth1::moment& at, secret& signature);

} // namespace coauth::twitter
