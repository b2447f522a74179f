// The proof that a connection may carry another request.
#pragma once

#include <optional>

namespace coauth::http {

/// How an exchange ended. Each member has the value that keeps no connection until it is set.
struct exchange_end {
    exchange_end() = default;

    bool whole = false;         ///< The response was read to its end.
    int status = 0;             ///< Of that response; an interim one does not end an exchange.
    bool peer_keeps = false;    ///< The response allows another request, and its body had a length.
    bool bytes_left = true;     ///< More was read than this response.
    bool tls_bytes_left = true; ///< The same, inside the TLS engine.
    bool interrupted = true;    ///< By a time-out or a cancellation.
};

/// Only `prove` makes one, and without one no connection goes back to the pool: a forgotten case
/// costs a connection, and no response reaches another caller.
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
