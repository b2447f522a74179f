// What a Redis refuses, and what keeps it from replying, as a `coauth::error`.
#pragma once

#include <coauth/error.hpp>

#include <string_view>

namespace coauth::store::redis {

/// What a connection does about a refusal.
enum class refusal_effect {
    operation,      ///< The operation fails, and nothing else.
    unknown_script, ///< The script is sent whole.
    reconnect, ///< The server can't serve now, or is not the one to ask: the next try is on a new connection, after a pause.
};

refusal_effect effect_of_refusal(std::string_view text);

/// The error of an operation, such as "storing a login", that Redis refused with this text. Always
/// `errc::store_unavailable`. Of the text it shows the code only: Redis repeats arguments in it, a password among them.
error redis_refusal(std::string_view operation, std::string_view text);

/// An operation that Redis did not reply to. `maybe_done`: it may have been sent.
error redis_silence(std::string_view operation, std::string_view reason, bool maybe_done);

/// An operation whose reply is of another form than the protocol's.
error redis_odd_reply(std::string_view operation);

} // namespace coauth::store::redis
