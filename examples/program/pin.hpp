// The user's part of a login: read the PIN off the provider's page and type it.
#pragma once

#include "program/provider_flags.hpp"

#include <coauth/error.hpp>

#include <boost/asio/awaitable.hpp>

#include <optional>
#include <string>

namespace program {

/// How long a user has by default. In seconds.
inline constexpr double default_timeout = 300;

/// Asks on stderr for the PIN that the page at `url` shows, and reads it from stdin. With the sandbox
/// inside this program no user is needed, unless `interactive`: the page is read instead.
///
/// Throws `errc::expired` if nothing is typed within `timeout` seconds, and `errc::denied` if stdin has ended or an empty line
/// is typed, and then another.
boost::asio::awaitable<std::string> ask_for_pin(
    provider_setup& setup, std::string url, bool interactive = false, double timeout = default_timeout);

/// A login by PIN, which may be mistyped.
class pin_entry {
public:
    pin_entry() = default;

    /// After `refusal` of a PIN: says so on stderr if it is to be asked for again, up to three times in all; else throws
    /// the refusal.
    void refused(const coauth::error& refusal);

    /// What `ask_for_pin` gave. Throws what it threw; if nothing was typed after a refusal, that.
    std::string typed(const coauth::result<std::string>& pin) const;

private:
    std::optional<coauth::error> refusal_;
    int refusals_ = 0;
};

/// The error of a login that was not finished within `timeout` seconds. `reason`: what did not arrive.
coauth::error not_finished(const std::string& reason, double timeout);

/// Says on stderr by how much this machine's clock is off, if the client had to correct that.
void tell_clock(const coauth::twitter::client& client);

} // namespace program
