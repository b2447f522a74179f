// How often one client may do something that costs: so many at once, then one every so often.
#pragma once

#include <coauth/export.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>

namespace coauth::site {

/// Options of `address_limit`. None of them may be 0; a whole bucket must fill within 30 days.
struct address_limit_options {
    address_limit_options() = default;

    std::size_t burst = 20;                 ///< Tokens in a full bucket. Default 20.
    std::chrono::milliseconds refill{3000}; ///< For one token. Default 3 s.

    /// Addresses remembered; about 130 bytes each. Default 65 536.
    std::size_t max_addresses = 65'536;
};

/// A bucket of tokens for each client's address.
///
/// Clients differ by IPv4 address or IPv6 /64 (one customer's block); IPv4 written as IPv6
/// counts as IPv4; all texts that are not an address share one bucket. Behind a proxy, give the client's address
/// as the proxy gives it, or all clients share the proxy's bucket.
///
/// Memory is bounded: an address whose bucket is full again is forgotten, which changes no result. If
/// `max_addresses` are remembered and none of their buckets is full, all further addresses share one
/// bucket more, of the same size, until some can be forgotten. So a flood from many addresses can
/// hold up newcomers, but it never gains more tokens for an address, and those already known keep theirs.
///
/// A call costs the logarithm of the addresses remembered, even if an attacker chose them, and never a scan.
///
/// Thread safety: safe; calls hold a lock for about a microsecond. Lifetime: independent.
class COAUTH_DECL address_limit {
public:
    /// Throws `errc::invalid_argument` for an option out of its range.
    explicit address_limit(address_limit_options options = address_limit_options());
    ~address_limit();

    address_limit(const address_limit&) = delete;
    address_limit& operator=(const address_limit&) = delete;

    /// Takes a token for `address` ("192.0.2.7", "2001:db8::1"; no port). Empty: it may go on. Else
    /// nothing was taken, and the same address finds a token after that time, at most `refill`.
    ///
    /// `now` need not be in order between threads: a clock that steps back locks no client out, and gives
    /// at most what it will take back.
    std::optional<std::chrono::milliseconds> take(std::string_view address, std::chrono::steady_clock::time_point now);

    /// Addresses remembered now.
    std::size_t addresses() const;

private:
    class state;
    std::unique_ptr<state> state_;
};

} // namespace coauth::site
