#include <coauth/coro/one_shot.hpp>

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <memory>
#include <utility>

namespace coauth {

namespace asio = boost::asio;

// A suspended coroutine, whatever its handler's type.
class one_shot::waiting {
public:
    virtual ~waiting() = default;

    /// Resumes the coroutine on its own executor, never from within.
    virtual void resume(std::unique_ptr<waiting> self, boost::system::error_code ec) = 0;
};

template <class Handler>
class one_shot::waiting_with final : public waiting {
public:
    explicit waiting_with(Handler handler) : handler_(std::move(handler)) {}

    void resume(std::unique_ptr<waiting>, boost::system::error_code ec) override
    {
        auto executor = asio::get_associated_executor(handler_);
        asio::post(executor, [handler = std::move(handler_), ec]() mutable { std::move(handler)(ec); });
    }

private:
    Handler handler_;
};

one_shot::waiting* one_shot::gone() noexcept
{
    alignas(void*) static char mark;
    return reinterpret_cast<waiting*>(&mark);
}

struct one_shot::start {
    template <class Handler>
    void operator()(Handler handler, one_shot* self) const
    {
        auto slot = asio::get_associated_cancellation_slot(handler);
        auto made = std::make_unique<waiting_with<Handler>>(std::move(handler));
        waiting* const ours = made.get();
        // First the way out, then the door: whoever fires may resume the coroutine at once. The slot
        // empties when the coroutine resumes, so it never finds another waiter under this address.
        if (slot.is_connected())
            slot.assign([self, ours](asio::cancellation_type) {
                waiting* expected = ours;
                if (self->state_.compare_exchange_strong(expected, nullptr))
                    ours->resume(std::unique_ptr<waiting>(ours), asio::error::operation_aborted);
            });
        waiting* none = nullptr;
        if (self->state_.compare_exchange_strong(none, ours))
            made.release();
        else
            ours->resume(std::move(made), {});
    }
};

one_shot::~one_shot()
{
    waiting* const left = state_.load();
    if (left != gone())
        delete left;
}

void one_shot::fire()
{
    waiting* const found = state_.exchange(gone());
    if (found != nullptr && found != gone())
        found->resume(std::unique_ptr<waiting>(found), {});
}

bool one_shot::fired() const noexcept
{
    return state_.load() == gone();
}

asio::awaitable<void> one_shot::wait()
{
    return asio::async_initiate<decltype(asio::use_awaitable), void(boost::system::error_code)>(
        start(), asio::use_awaitable, this);
}

} // namespace coauth
