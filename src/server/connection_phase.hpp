// What a connection is doing, and what it does when it has to end or its time is up.
#pragma once

namespace coauth::server {

/// What a connection is doing.
enum class phase { handshaking, idle, reading, answering, writing, closing, ended };

/// How soon a connection has to end.
enum class urgency {
    none,  ///< The server is open.
    drain, ///< What has begun is finished; nothing new is begun.
    stop,  ///< An answer under way is finished; a request that is still arriving is not waited for.
    cut,   ///< At once.
};

/// True if a connection that is doing `now` gives that up.
bool gives_up(phase now, urgency how) noexcept;

/// What to do when the time for a phase is up.
enum class lateness {
    ignore,
    hang_up, ///< Read nothing more: who waits for a byte sees the end of the stream.
    say_so,  ///< Hang up, answer 408, and be quick about it.
    close,
};

/// `said_so`: this request was too slow before.
lateness when_late(phase now, bool said_so) noexcept;

} // namespace coauth::server
