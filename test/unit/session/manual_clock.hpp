// Time that passes when the test says so.
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

/// Who sleeps wakes when `advance` reaches the time, and resumes on its own executor: run or poll the
/// context after `advance`. A sleeper keeps its context busy, so poll it rather than run it.
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

    /// Lets time pass, and wakes whoever slept until then, the earliest first.
    void advance(std::chrono::milliseconds duration)
    {
        std::vector<std::shared_ptr<one_shot>> due;
        {
            const std::lock_guard lock(mutex_);
            passed_ += duration;
            for (auto at = asleep_.begin(); at != asleep_.end() && at->first <= start() + passed_; ++at)
                due.push_back(at->second);
        }
        for (const auto& woken : due)
            woken->fire();
    }

    /// Resumes all who sleep, for a context that is about to go: asleep they would belong to nobody.
    void end()
    {
        std::multimap<time_point, std::shared_ptr<one_shot>> all;
        {
            const std::lock_guard lock(mutex_);
            all = asleep_;
        }
        for (const auto& [at, woken] : all)
            woken->fire();
    }

    /// How many sleep, those included that were woken but have not resumed yet.
    std::size_t asleep() const
    {
        const std::lock_guard lock(mutex_);
        return asleep_.size();
    }

    /// How far the earliest of them is away, if any sleeps: `advance` by it wakes it. Zero for one that
    /// was woken and has not resumed yet.
    std::optional<std::chrono::milliseconds> until_next() const
    {
        const std::lock_guard lock(mutex_);
        if (asleep_.empty())
            return std::nullopt;
        const auto left = asleep_.begin()->first - (start() + passed_);
        return std::max(std::chrono::ceil<std::chrono::milliseconds>(left), std::chrono::milliseconds(0));
    }

private:
    struct sleeper {
        sleeper(manual_clock& clock, std::chrono::milliseconds duration)
            : clock(clock), woken(std::make_shared<one_shot>())
        {
            const std::lock_guard lock(clock.mutex_);
            place = clock.asleep_.emplace(start() + clock.passed_ + duration, woken);
        }
        ~sleeper()
        {
            const std::lock_guard lock(clock.mutex_);
            clock.asleep_.erase(place);
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
    std::multimap<time_point, std::shared_ptr<one_shot>> asleep_;
};

} // namespace coauth::testing
