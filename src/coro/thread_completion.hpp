// Wakes a coroutine from a thread that is none of its context's.
#pragma once

#include <coauth/coro/one_shot.hpp>
#include <coauth/export.hpp>

#include <boost/asio/awaitable.hpp>

#include <memory>
#include <mutex>

namespace coauth {

/// What another thread completes, and one coroutine awaits. The coroutine's context may be destroyed before: then the coroutine is
/// destroyed with it, as those are that await Asio's own operations, and `complete` does nothing.
///
/// Thread safety: `complete` from any thread, before or while it is waited for. Lifetime: both hold it in a `shared_ptr`.
class COAUTH_DECL thread_completion : public std::enable_shared_from_this<thread_completion> {
public:
    thread_completion();
    ~thread_completion();
    thread_completion(const thread_completion&) = delete;
    thread_completion& operator=(const thread_completion&) = delete;

    /// Without memory it tries again until there is some: a coroutine that is not resumed would wait for ever.
    void complete() noexcept;

    /// As `one_shot::wait`.
    static boost::asio::awaitable<void> wait(std::shared_ptr<thread_completion> self);

private:
    class of_context;
    class registration;

    void abandon() noexcept;

    std::mutex mutex_;
    std::unique_ptr<one_shot> done_; // null: the context is gone
    // Its neighbours among those that wait on one context; guarded by `of_context`.
    thread_completion* previous_ = nullptr;
    thread_completion* next_ = nullptr;
};

} // namespace coauth
