// The phases of a connection, and what it does when it has to end or its time is up.
#pragma once

namespace coauth::server {

enum class phase { handshaking, idle, reading, answering, writing, closing, ended };

/// How soon a connection has to end.
enum class urgency {
    none,  ///< The server is open.
    drain, ///< Requests in progress finish; none is begun.
    stop,  ///< A response in progress finishes; a request that is still arriving does not.
    cut,   ///< At once.
};

/// True if a connection in phase `now` ends it at once.
bool gives_up(phase now, urgency urgency) noexcept;

/// What to do when the time for a phase is up.
enum class lateness {
    ignore,
    hang_up, ///< Stop reading: a pending read sees the end of the stream.
    respond, ///< Stop reading, respond with 408 within the linger time.
    close,
};

/// `responded`: this request was too slow before.
lateness when_late(phase now, bool responded) noexcept;

} // namespace coauth::server
