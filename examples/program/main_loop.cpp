#include "program/main_loop.hpp"

#include "command_line/help.hpp"
#include "command_line/output.hpp"
#include "program/json_output.hpp"

#include <coauth/coro/as_result.hpp>
#include <coauth/system_failure.hpp>
#include <coauth/version.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/strand.hpp>
#include <boost/json/serialize.hpp>

#include <CLI/CLI.hpp>

#include <csignal>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <latch>
#include <mutex>
#include <new>
#include <system_error>
#include <thread>
#include <vector>

namespace program {

namespace asio = boost::asio;

namespace {

constexpr const char* starting = "starting the program";

// Runs a context on several threads. An exception of a handler, or of a thread that can't be started, ends all.
class workers {
public:
    explicit workers(asio::io_context& io) : io_(io) {}

    void run(unsigned threads)
    {
        {
            // All threads exist before the first works: a program that can't have them does not say that it is ready.
            std::latch begin(1);
            std::vector<std::jthread> others;
            serve([&] {
                for (unsigned i = 1; i < threads; ++i)
                    others.emplace_back([&] {
                        begin.wait();
                        serve([this] { io_.run(); });
                    });
            });
            begin.count_down();
            serve([this] { io_.run(); });
        }
        if (problem_)
            std::rethrow_exception(problem_);
    }

private:
    template <class Work>
    void serve(Work work) noexcept
    {
        try {
            work();
        } catch (...) {
            const std::lock_guard lock(mutex_);
            problem_ = std::current_exception();
            io_.stop();
        }
    }

    asio::io_context& io_;
    std::mutex mutex_;
    std::exception_ptr problem_;
};

// Before `run`, so that what the system refuses is refused to a program that starts.
int report_failed_start(bool json)
{
    try {
        throw;
    } catch (const coauth::error& e) {
        return report(e, json);
    } catch (const boost::system::system_error& e) {
        return report(coauth::system_failure(starting, e.code()), json);
    } catch (const std::system_error& e) {
        return report(coauth::system_failure(starting, e.code()), json);
    } catch (...) {
        return report(current_error(), json);
    }
}

} // namespace

int guard(const bool& json, const std::function<int()>& body) noexcept
{
    coauth::command_line::prepare_standard_streams();
    try {
        try {
            const int exit_code = body();
            if (exit_code == done)
                coauth::command_line::flush_output();
            return exit_code;
        } catch (...) {
            return report_failed_start(json);
        }
    } catch (...) {
        std::cerr << "error: out of memory\n";
        return failed;
    }
}

coauth::error current_error()
{
    try {
        throw;
    } catch (const boost::system::system_error&) {
        return coauth::error_from_current_exception();
    } catch (const std::system_error& e) {
        return coauth::system_failure("running the program", e.code());
    } catch (const std::bad_alloc&) {
        return out_of_memory();
    } catch (const std::exception& e) {
        return coauth::error(coauth::errc::invalid_argument, std::string("internal error: ") + e.what());
    }
}

coauth::error out_of_memory()
{
    return coauth::error(coauth::errc::invalid_argument, "out of memory")
        .with_hint("free memory, or raise this process's memory limit");
}

std::optional<int> parse_flags(CLI::App& app, int argc, char** argv, std::string example, const std::string& failure)
{
    app.set_version_flag("--version", app.get_name() + " " COAUTH_VERSION_STRING, "Print the version and exit");
    app.set_help_flag("-h,--help", "Print this help and exit");
    coauth::command_line::set_up_help(
        app, std::move(example), "0: done\n1: " + failure + "\n2: wrong usage\n130, 143: ended by SIGINT, SIGTERM");
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& e) {
        // --help and --version leave by exception too, with code 0.
        return app.exit(e, std::cout, std::cerr) == 0 ? done : wrong_usage;
    }
    if (const std::string fault = coauth::command_line::mistaken_flag(app); !fault.empty())
        return misused(app, fault);
    return std::nullopt;
}

int misused(const CLI::App& app, const std::string& fault)
{
    std::cerr << app.get_name() << ": " << fault << "\nRun " << app.get_name() << " --help for its flags.\n";
    return wrong_usage;
}

int report(const coauth::error& e, bool json)
{
    if (json)
        std::cout << boost::json::serialize(error_json(e)) << std::endl;
    if (!json || !std::cout)
        std::cerr << coauth::describe(e);
    return failed;
}

int run(asio::io_context& io, bool json, asio::awaitable<int> work, unsigned threads)
{
    int exit_code = failed;
    const auto strand = asio::make_strand(io);
    asio::cancellation_signal cancel;
    asio::signal_set signals(strand, SIGINT, SIGTERM);
    std::optional<int> caught;
    std::function<void(const boost::system::error_code&, int)> on_signal = [&](const auto& ec, int number) {
        if (ec)
            return;
        // The second signal ends the program without waiting.
        if (caught)
            return io.stop();
        caught = number;
        cancel.emit(asio::cancellation_type::terminal);
        signals.async_wait(on_signal);
    };
    signals.async_wait(on_signal);

    const auto on_end = [&](std::exception_ptr problem, int code) {
        io.stop(); // a sandbox inside the program would serve on
        exit_code = code;
        if (!problem)
            return;
        exit_code = failed;
        if (caught)
            return;
        try {
            std::rethrow_exception(problem);
        } catch (...) {
            report(current_error(), json);
        }
    };
    asio::co_spawn(strand, std::move(work), asio::bind_cancellation_slot(cancel.slot(), on_end));
    workers(io).run(threads);
    return caught ? 128 + *caught : exit_code;
}

std::string environment(const char* name)
{
    const char* value = std::getenv(name);
    return value ? value : "";
}

} // namespace program
