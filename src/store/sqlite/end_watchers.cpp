#include "store/sqlite/end_watchers.hpp"

#include "store/sqlite/end_rows.hpp"

#include <algorithm>
#include <utility>

namespace coauth::store::sqlite {

std::shared_ptr<void> end_watchers::add(login_store::watcher notified)
{
    const std::lock_guard lock(mutex_);
    auto added = std::make_shared<watching>(std::move(notified), seen_);
    std::erase_if(watchers_, [](const auto& each) { return each.expired(); });
    watchers_.push_back(added);
    return added;
}

bool end_watchers::any() const
{
    const std::lock_guard lock(mutex_);
    return std::any_of(watchers_.begin(), watchers_.end(), [](const auto& each) { return !each.expired(); });
}

std::vector<std::shared_ptr<end_watchers::watching>> end_watchers::all() const
{
    std::vector<std::shared_ptr<watching>> out;
    const std::lock_guard lock(mutex_);
    for (const auto& each : watchers_)
        if (auto watching = each.lock())
            out.push_back(std::move(watching));
    return out;
}

void end_watchers::look(database_file& file)
{
    std::int64_t after = 0;
    {
        const std::lock_guard lock(mutex_);
        after = seen_;
    }
    const auto last =
        ends_after(file, after, [this](std::int64_t number, const login_id& id, const ended_login& reached) {
            // A watcher that is added now has missed nothing that its caller knows of.
            {
                const std::lock_guard lock(mutex_);
                seen_ = number;
            }
            for (const auto& watcher : all()) {
                if (number <= watcher->after)
                    continue;
                try {
                    watcher->notified(id, reached);
                } catch (...) {
                    // It must not throw; the others are notified all the same.
                }
            }
        });
    const std::lock_guard lock(mutex_);
    seen_ = last;
}

void end_watchers::look_if_changed(database_file& file)
{
    const auto version = data_version(file);
    if (data_version_ == version)
        return;
    look(file);
    data_version_ = version;
}

void end_watchers::begin_at_latest(database_file& file)
{
    const auto latest = latest_end(file);
    const std::lock_guard lock(mutex_);
    seen_ = latest;
    data_version_.reset();
}

} // namespace coauth::store::sqlite
