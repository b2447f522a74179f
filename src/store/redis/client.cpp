#include "store/redis/client.hpp"

#include "coro/blocked_signals.hpp"
#include "store/redis/connection.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>

#include <new>
#include <utility>

namespace coauth::store::redis {

namespace asio = boost::asio;

namespace {

using steady = std::chrono::steady_clock;

redis_reply reply_of(redis_request& ended)
{
    if (ended.out_of_memory)
        throw std::bad_alloc();
    if (ended.failed)
        throw error(*ended.failed);
    return std::move(ended.reply);
}

} // namespace

redis_client::inside::~inside() = default;

// What the thread works on. It keeps this alive, since it may be the one that destroys the client.
class redis_client::core final : public redis_client::inside, public std::enable_shared_from_this<redis_client::core> {
public:
    core(const redis_options& address, std::chrono::milliseconds deadline)
        : deadline_(deadline), on_warning_(address.on_warning), work_(io_.get_executor()),
          commands_(std::make_shared<redis_connection>(
              io_, address, deadline, [this](std::string_view text) { warn(text); })),
          blocking_(std::make_shared<redis_connection>(io_, address, deadline, [](std::string_view) {}))
    {}

    asio::io_context& io() override { return io_; }
    bool closed() const override { return closed_; }

    void warn(std::string_view text) noexcept override
    {
        try {
            if (on_warning_)
                on_warning_(text);
        } catch (...) {
            // It must not throw.
        }
    }

    asio::awaitable<redis_reply> run_blocking(redis_command command, std::chrono::milliseconds block) override
    {
        const auto self = shared_from_this();
        const auto sent = std::make_shared<redis_request>(std::move(command), steady::now() + block + deadline_);
        blocking_->submit(sent);
        co_await thread_completion::wait(sent->done);
        co_return reply_of(*sent);
    }

    void open() { commands_->open(); }
    void submit(std::shared_ptr<redis_request> request) { commands_->submit(std::move(request)); }

    void close() noexcept
    {
        closed_ = true;
        commands_->close();
        blocking_->close();
        work_.reset();
    }

    void run() noexcept
    {
        for (;;) {
            try {
                io_.run();
                return;
            } catch (...) {
                // Out of memory in a handler: the others go on.
            }
        }
    }

private:
    const std::chrono::milliseconds deadline_;
    const std::function<void(std::string_view)> on_warning_;
    asio::io_context io_{1};
    asio::executor_work_guard<asio::io_context::executor_type> work_;
    const std::shared_ptr<redis_connection> commands_;
    const std::shared_ptr<redis_connection> blocking_;
    bool closed_ = false;
};

redis_client::redis_client(const redis_options& address, std::chrono::milliseconds deadline)
    : deadline_(deadline), core_(std::make_shared<core>(address, deadline))
{
    asio::post(core_->io(), [core = core_] { core->open(); });
    const blocked_signals blocked;
    thread_ = std::thread([core = core_] { core->run(); });
}

redis_client::~redis_client()
{
    try {
        asio::post(core_->io(), [core = core_] { core->close(); });
    } catch (const std::bad_alloc&) {
        core_->io().stop();
    }
    if (std::this_thread::get_id() == thread_.get_id())
        thread_.detach();
    else
        thread_.join();
}

asio::awaitable<redis_reply> redis_client::run(redis_command command)
{
    const auto self = shared_from_this();
    const auto sent = std::make_shared<redis_request>(std::move(command), steady::now() + deadline_);
    asio::post(core_->io(), [core = core_, sent] { core->submit(sent); });
    co_await thread_completion::wait(sent->done);
    co_return reply_of(*sent);
}

void redis_client::post(std::function<void(const std::shared_ptr<inside>&)> task)
{
    asio::post(core_->io(), [core = core_, task = std::move(task)] { task(core); });
}

void redis_client::warn(std::string_view text) noexcept
{
    core_->warn(text);
}

} // namespace coauth::store::redis
