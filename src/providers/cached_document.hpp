// A provider's document, such as its keys: fetched when it is needed, once for all that need it.
#pragma once

#include <coauth/coro/as_result.hpp>
#include <coauth/coro/one_shot.hpp>
#include <coauth/error.hpp>

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <new>
#include <optional>
#include <utility>
#include <vector>

namespace coauth::providers {

/// A document, and how many were fetched up to this one: from 1.
template <class T>
struct document_version {
    document_version() = default;

    std::shared_ptr<const T> value;
    std::uint64_t number = 0;
};

/// Keeps a document for an hour. One that could not be fetched is not kept: its error goes to those that waited for it.
///
/// Thread safety: safe. Lifetime: must live until `get` has ended; `fetch` keeps the owner.
template <class T>
class cached_document {
public:
    using time_point = std::chrono::steady_clock::time_point;

    static constexpr std::chrono::minutes lifetime{60};
    static constexpr std::chrono::seconds between_renewals{30};

    /// The document, fetched with `fetch(owner)` if there is none. `than`: the caller needs a newer one than this; it gets the
    /// same again if the latest fetch for such a request was less than 30 s ago.
    template <class Owner>
    boost::asio::awaitable<document_version<T>> get(std::shared_ptr<const Owner> owner,
        boost::asio::awaitable<T> (*fetch)(std::shared_ptr<const Owner>), std::uint64_t than = 0)
    {
        for (;;) {
            std::shared_ptr<fetching> joined;
            std::shared_ptr<one_shot> ended;
            std::optional<leader> leading; // from here on: a coroutine that is cancelled already does not begin
            {
                const time_point now = owner->clock()->machine().steady_now();
                const std::lock_guard lock(mutex_);
                if (!fetching_ && is_usable(now, than))
                    co_return held_;
                if (fetching_) {
                    joined = fetching_;
                    ended = std::make_shared<one_shot>();
                    joined->waiting.push_back(ended);
                } else {
                    if (than != 0)
                        renewed_at_ = now;
                    fetching_ = std::make_shared<fetching>();
                    leading.emplace(*this);
                }
            }
            if (!joined) {
                document_version<T> fetched = co_await lead(owner, fetch, *leading);
                co_return fetched;
            }
            co_await ended->wait();
            {
                const std::lock_guard lock(mutex_);
                if (joined->fetched)
                    co_return *joined->fetched;
                if (joined->failed)
                    throw *joined->failed;
            }
            // The caller that fetched it was cancelled: the next one fetches it.
        }
    }

private:
    struct fetching {
        fetching() = default;

        std::vector<std::shared_ptr<one_shot>> waiting;
        std::optional<document_version<T>> fetched;
        std::optional<error> failed;
    };

    // Ends the fetching even if its coroutine is destroyed.
    class leader {
    public:
        explicit leader(cached_document& owner) : owner_(owner) {}
        ~leader() { end(std::nullopt, std::nullopt); }
        leader(const leader&) = delete;
        leader& operator=(const leader&) = delete;

        void end(std::optional<document_version<T>> fetched, std::optional<error> failed)
        {
            if (!std::exchange(leads_, false))
                return;
            std::shared_ptr<fetching> ended;
            {
                const std::lock_guard lock(owner_.mutex_);
                ended = std::exchange(owner_.fetching_, nullptr);
                ended->fetched = std::move(fetched);
                ended->failed = std::move(failed);
            }
            for (const std::shared_ptr<one_shot>& each : ended->waiting)
                try {
                    each->fire();
                } catch (const std::bad_alloc&) {
                    // It waits on, until it is cancelled.
                }
        }

    private:
        cached_document& owner_;
        bool leads_ = true;
    };

    template <class Owner>
    boost::asio::awaitable<document_version<T>> lead(std::shared_ptr<const Owner> owner,
        boost::asio::awaitable<T> (*fetch)(std::shared_ptr<const Owner>), leader& leading)
    {
        result<T> fetched = co_await as_result(fetch(owner));
        if (!fetched) {
            forget_request();
            if (fetched.error().reason() != errc::cancelled)
                leading.end(std::nullopt, fetched.error());
            throw fetched.error();
        }
        document_version<T> made;
        made.value = std::make_shared<const T>(std::move(*fetched));
        {
            const time_point now = owner->clock()->machine().steady_now();
            const std::lock_guard lock(mutex_);
            made.number = held_.number + 1;
            held_ = made;
            fetched_at_ = now;
        }
        leading.end(made, std::nullopt);
        co_return made;
    }

    // What could not be fetched is fetched for the next that needs it.
    void forget_request()
    {
        const std::lock_guard lock(mutex_);
        renewed_at_.reset();
    }

    bool is_usable(time_point now, std::uint64_t than) const
    {
        if (!held_.value || now - fetched_at_ >= lifetime)
            return false;
        return held_.number > than || (renewed_at_ && now - *renewed_at_ < between_renewals);
    }

    std::mutex mutex_;
    document_version<T> held_;
    time_point fetched_at_{};
    std::optional<time_point> renewed_at_; ///< When a newer one than the held one was last asked for.
    std::shared_ptr<fetching> fetching_;
};

} // namespace coauth::providers
