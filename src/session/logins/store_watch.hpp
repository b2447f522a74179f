// What a session learns from its store of logins, on the store's threads.
#pragma once

#include <coauth/store/login_store.hpp>

#include <memory>

namespace coauth::sessions {

/// Ends with its destruction: that waits for a call which another thread is in, and no other begins. So a context may be
/// destroyed after its session, though a store's thread posts to it.
///
/// Thread safety: `begin` once, before it is shared. It must not be destroyed by a call of its own.
class store_watch {
public:
    store_watch();
    ~store_watch();
    store_watch(const store_watch&) = delete;
    store_watch& operator=(const store_watch&) = delete;

    /// Calls `notified` for each login that ends, on any thread, and several at a time.
    void begin(store::login_store& store, store::login_store::watcher notified);

private:
    class gate;

    const std::shared_ptr<gate> gate_;
    std::shared_ptr<void> watching_;
};

} // namespace coauth::sessions
