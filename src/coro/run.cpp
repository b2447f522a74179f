#include <coauth/coro/as_result.hpp>
#include <coauth/coro/run.hpp>
#include <coauth/error.hpp>
#include <coauth/system_failure.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/strand.hpp>

#include <algorithm>
#include <csignal>
#include <exception>
#include <functional>
#include <iostream>
#include <latch>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <vector>

namespace coauth {

namespace {

namespace asio = boost::asio;

// What `main` would have let through, as words.
void report(const std::exception_ptr& problem)
{
    try {
        std::rethrow_exception(problem);
    } catch (const boost::system::system_error&) {
        std::cerr << describe(error_from_current_exception());
    } catch (const std::system_error& e) {
        std::cerr << describe(system_failure("running the program", e.code()));
    } catch (const std::bad_alloc&) {
        std::cerr << "error: out of memory\n";
    } catch (const std::exception& e) {
        std::cerr << "error: " << e.what() << '\n';
    } catch (...) {
        std::cerr << "error: an exception that is not a std::exception\n";
    }
}

// The task, and how it ends. All but `serve` happens on the strand or before the threads.
class program {
public:
    explicit program(unsigned threads)
        : threads_(threads), io_(static_cast<int>(threads)), strand_(asio::make_strand(io_)),
          signals_(strand_, SIGINT, SIGTERM)
    {}

    int run(asio::awaitable<void> task)
    {
        wait_for_signal();
        const auto on_end = [this](std::exception_ptr problem) {
            io_.stop();
            const std::lock_guard lock(mutex_); // another thread may end with an exception now
            if (problem && !caught_)
                problem_ = std::move(problem);
        };
        asio::co_spawn(strand_, std::move(task), asio::bind_cancellation_slot(cancel_.slot(), on_end));
        run_threads();
        if (caught_)
            return 128 + *caught_;
        if (problem_)
            report(problem_);
        return problem_ ? 1 : 0;
    }

private:
    void wait_for_signal()
    {
        signals_.async_wait([this](const boost::system::error_code& failure, int number) {
            if (failure)
                return;
            if (caught_)
                return io_.stop();
            caught_ = number;
            wait_for_signal();
            cancel_.emit(asio::cancellation_type::terminal);
        });
    }

    void run_threads()
    {
        // All exist before the first works, so that a program without its threads has not begun.
        std::latch begin(1);
        std::vector<std::jthread> others;
        serve([&] {
            for (unsigned i = 1; i < threads_; ++i)
                others.emplace_back([&] {
                    begin.wait();
                    serve([this] { io_.run(); });
                });
        });
        begin.count_down();
        serve([this] { io_.run(); });
    }

    // An exception of a handler ends the program.
    void serve(const std::function<void()>& work) noexcept
    {
        try {
            work();
        } catch (...) {
            const std::lock_guard lock(mutex_);
            problem_ = std::current_exception();
            io_.stop();
        }
    }

    const unsigned threads_;
    asio::io_context io_;
    asio::strand<asio::io_context::executor_type> strand_;
    asio::signal_set signals_;
    asio::cancellation_signal cancel_;
    std::optional<int> caught_;
    std::mutex mutex_;
    std::exception_ptr problem_;
};

} // namespace

int run(asio::awaitable<void> task, unsigned threads)
{
    try {
        return program(std::max(threads, 1U)).run(std::move(task));
    } catch (...) {
        report(std::current_exception()); // the system gave no event queue, or no memory
        return 1;
    }
}

} // namespace coauth
