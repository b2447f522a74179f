// Signs requests that differ in the values of their parameters only.
#pragma once

#include <coauth/oauth1/signer.hpp>

#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace coauth::oauth1 {

/// A method, a URL and the names of parameters, made ready for one signer. What all requests have in common is encoded, sorted
/// and hashed once, so that signing costs about two thirds of what `signer::sign` does. The header is the same.
///
/// Thread safety: distinct objects are safe; a shared object is safe through its const functions.
/// Lifetime: keeps what it needs of the signer, which may go before it.
class COAUTH_DECL prepared_endpoint {
public:
    /// `url`: absolute, without a query. `names`: of all parameters in query and form, decoded, in any order; a name may repeat.
    /// Throws `errc::invalid_argument` for what `signer::sign` refuses in method and URL, a URL with a query, and names that begin
    /// with `oauth_`.
    prepared_endpoint(
        const signer& by, std::string_view method, std::string_view url, const std::vector<std::string>& names);
    prepared_endpoint(prepared_endpoint&&) noexcept;
    prepared_endpoint& operator=(prepared_endpoint&&) noexcept;
    ~prepared_endpoint();

    /// Appends the value of the Authorization header to `out`, or nothing if it fails. `values`: decoded, one for each name and
    /// in the same order. Allocates as little as `signer::sign`. Fails with `errc::invalid_argument` for another number of
    /// values, a nonce that is empty or not printable, and a timestamp that is not positive.
    result<void> sign(std::span<const std::string_view> values, const moment& at, std::string& out) const;
    result<void> sign(std::initializer_list<std::string_view> values, const moment& at, std::string& out) const
    {
        return sign(std::span(values.begin(), values.size()), at, out);
    }

private:
    struct state;
    std::unique_ptr<const state> state_;
};

} // namespace coauth::oauth1
