#include "session/logins/store_watch.hpp"

#include <mutex>
#include <shared_mutex>
#include <utility>

namespace coauth::sessions {

// A store may call for a moment after it was told to stop.
class store_watch::gate {
public:
    explicit gate() = default;

    void close()
    {
        const std::unique_lock alone(mutex_);
        closed_ = true;
    }

    void call(const store::login_store::watcher& notified, const store::login_id& id, const store::ended_login& reached)
    {
        const std::shared_lock lock(mutex_);
        if (!closed_)
            notified(id, reached);
    }

private:
    std::shared_mutex mutex_;
    bool closed_ = false;
};

store_watch::store_watch() : gate_(std::make_shared<gate>())
{}

store_watch::~store_watch()
{
    gate_->close();
}

void store_watch::begin(store::login_store& store, store::login_store::watcher notified)
{
    watching_ = store.watch([gate = gate_, notified = std::move(notified)](const store::login_id& id,
                                const store::ended_login& reached) { gate->call(notified, id, reached); });
}

} // namespace coauth::sessions
