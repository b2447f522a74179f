// Where the provider is, as data.
#pragma once

#include <coauth/export.hpp>

#include <string>
#include <utility>

namespace coauth::twitter {

/// Which of the provider's two APIs profiles and tweets come from; logins are the same for both.
enum class api_version {
    v1_1, ///< `users/show` and its kin: "legacy" to X, closed to most apps now.
    v2,   ///< What is sold today.
};

/// The provider's addresses. API and authorize host are apart, since they have moved apart before.
///
/// A base is `https://host[:port][/prefix]`; http is accepted for loopback addresses only. The
/// signature covers the host, so it must be the one that is really called.
struct endpoints {
    endpoints() = default;
    /// Everything under one base, such as a sandbox's.
    explicit endpoints(std::string base) : api_base(base), authorize_base(std::move(base)) {}

    std::string api_base = "https://api.x.com";
    std::string authorize_base = "https://api.x.com";

    std::string request_token_path = "/oauth/request_token";
    std::string access_token_path = "/oauth/access_token";
    std::string authenticate_path = "/oauth/authenticate";
    std::string authorize_path = "/oauth/authorize";
    std::string invalidate_token_path = "/1.1/oauth/invalidate_token.json";
};

} // namespace coauth::twitter
