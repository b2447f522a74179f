// Signals, blocked while threads are made.
#pragma once

#include <csignal>
#include <pthread.h>

namespace coauth {

/// Blocks all signals for the calling thread while it lives. Threads that are made meanwhile never take one: signals go to the
/// program's own threads, and a write to a connection that was closed (SIGPIPE) ends no program.
class blocked_signals {
public:
    blocked_signals() noexcept
    {
        sigset_t all;
        ::sigfillset(&all);
        ::pthread_sigmask(SIG_SETMASK, &all, &before_);
    }
    ~blocked_signals() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
    blocked_signals(const blocked_signals&) = delete;
    blocked_signals& operator=(const blocked_signals&) = delete;

private:
    sigset_t before_{};
};

} // namespace coauth
