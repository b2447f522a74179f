// A clock whose time a test advances.
#pragma once

#include <coauth/coro/clock.hpp>
#include <coauth/coro/one_shot.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace coauth::testing {

/// A sleeper resumes on its own executor when `advance` reaches its time: run or poll the context after
/// `advance`. A sleeper keeps its context busy, so poll it rather than run it.
///
/// Thread safety: safe.
class manual_clock final : public clock {
public:
    using time_point = std::chrono::steady_clock::time_point;

    std::chrono::system_clock::time_point now() const override
    {
        const std::lock_guard lock(mutex_);
        return std::chrono::system_clock::time_point(std::chrono::seconds(1'700'000'000)) + passed_;
    }

    time_point steady_now() const override
    {
        const std::lock_guard lock(mutex_);
        return start() + passed_;
    }

    boost::asio::awaitable<void> sleep_for(std::chrono::milliseconds duration) override
    {
        const sleeper me(*this, duration);
        if (duration.count() > 0)
            co_await me.woken->wait();
    }

    /// Advances the time, and resumes the sleepers that are due, the earliest first.
    void advance(std::chrono::milliseconds duration)
    {
        std::vector<std::shared_ptr<one_shot>> due;
        {
            const std::lock_guard lock(mutex_);
            passed_ += duration;
            for (auto at = sleepers_.begin(); at != sleepers_.end() && at->first <= start() + passed_; ++at)
                due.push_back(at->second);
        }
        for (const auto& woken : due)
            woken->fire();
    }

    /// Resumes all sleepers, for a context that is about to be destroyed: nothing else would resume them.
    void end()
    {
        std::multimap<time_point, std::shared_ptr<one_shot>> all;
        {
            const std::lock_guard lock(mutex_);
            all = sleepers_;
        }
        for (const auto& [at, woken] : all)
            woken->fire();
    }

    /// How many sleep, including those that are due but have not resumed yet.
    std::size_t sleepers() const
    {
        const std::lock_guard lock(mutex_);
        return sleepers_.size();
    }

    /// How far the earliest of them is away, if any sleeps: `advance` by it resumes it. Zero for one that is
    /// due and has not resumed yet.
    std::optional<std::chrono::milliseconds> until_next() const
    {
        const std::lock_guard lock(mutex_);
        if (sleepers_.empty())
            return std::nullopt;
        const auto left = sleepers_.begin()->first - (start() + passed_);
        return std::max(std::chrono::ceil<std::chrono::milliseconds>(left), std::chrono::milliseconds(0));
    }

private:
    struct sleeper {
        sleeper(manual_clock& clock, std::chrono::milliseconds duration)
            : clock(clock), woken(std::make_shared<one_shot>())
        {
            const std::lock_guard lock(clock.mutex_);
            place = clock.sleepers_.emplace(start() + clock.passed_ + duration, woken);
        }
        ~sleeper()
        {
            const std::lock_guard lock(clock.mutex_);
            clock.sleepers_.erase(place);
        }
        sleeper(const sleeper&) = delete;
        sleeper& operator=(const sleeper&) = delete;

        manual_clock& clock;
        std::shared_ptr<one_shot> woken;
        std::multimap<time_point, std::shared_ptr<one_shot>>::iterator place;
    };

    static time_point start() { return time_point(std::chrono::hours(5)); }

    mutable std::mutex mutex_;
    std::chrono::milliseconds passed_{0};
    std::multimap<time_point, std::shared_ptr<one_shot>> sleepers_;
};

} // namespace coauth::testing
