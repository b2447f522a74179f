// The proof that a connection may carry another request.
#pragma once

#include <optional>

namespace coauth::http {

/// How an exchange ended, as far as it can be seen. Everything is assumed to be wrong until it is
/// said to be right.
struct exchange_end {
    exchange_end() = default;

    bool whole = false;         ///< The answer was read to its end.
    int status = 0;             ///< Of that answer; an interim one is no end.
    bool peer_keeps = false;    ///< The peer's words allow another request, and the body had a length.
    bool bytes_left = true;     ///< More was read than this answer.
    bool tls_bytes_left = true; ///< The same, inside the TLS engine.
    bool interrupted = true;    ///< A deadline or a cancellation came in between.
};

/// Only `prove` makes one, and without one no connection goes back to the pool: a forgotten case
/// costs a connection and never hands one caller's answer to another.
class clean_end {
    clean_end() = default;
    friend std::optional<clean_end> prove(const exchange_end& end) noexcept;
};

inline std::optional<clean_end> prove(const exchange_end& end) noexcept
{
    if (end.whole && end.status >= 200 && end.peer_keeps && !end.bytes_left && !end.tls_bytes_left && !end.interrupted)
        return clean_end();
    return std::nullopt;
}

} // namespace coauth::http
