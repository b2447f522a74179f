// Who is notified in this process of the logins that ended, in whichever process.
#pragma once

#include "store/sqlite/database_file.hpp"

#include <coauth/store/login_store.hpp>

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace coauth::store::sqlite {

/// Thread safety: safe; `look` is called by one thread.
class end_watchers {
public:
    /// Notified of every end from now on, as long as the returned object lives.
    std::shared_ptr<void> add(login_store::watcher notified);

    /// True if there are any.
    bool any() const;

    /// Notifies the watchers of the ends that came since the last call.
    void look(database_file& file);

    /// The same, at the price of one number where no other connection has written to the file meanwhile.
    void look_if_changed(database_file& file);

    /// For another file, whose ends until now are not known.
    void begin_at_latest(database_file& file);

private:
    struct watching {
        watching(login_store::watcher new_notified, std::int64_t new_after)
            : notified(std::move(new_notified)), after(new_after)
        {}

        const login_store::watcher notified;
        const std::int64_t after; // what came before it began is not its business
    };

    std::vector<std::shared_ptr<watching>> all() const;

    mutable std::mutex mutex_;
    std::vector<std::weak_ptr<watching>> watchers_;
    std::int64_t seen_ = 0;                    // the number of the last end
    std::optional<std::int64_t> data_version_; // of the thread that looks
};

} // namespace coauth::store::sqlite
