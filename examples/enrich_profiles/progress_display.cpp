#include "enrich_profiles/progress_display.hpp"

#include <iostream>
#include <sys/ioctl.h>
#include <unistd.h>

namespace enrich {

namespace {

constexpr auto tick = std::chrono::milliseconds(100);
constexpr const char* to_line_start = "\r\x1b[K"; // and clears the line

std::size_t terminal_width()
{
    constexpr std::size_t usual = 80;
    struct winsize size = {};
    const bool known = ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
    return known ? size.ws_col : usual;
}

} // namespace

progress_display::progress_display(boost::asio::any_io_executor executor, std::function<progress()> look)
    : timer_(executor), look_(std::move(look)), terminal_(::isatty(STDERR_FILENO) == 1), pace_(terminal_)
{
    wait();
}

progress_display::~progress_display()
{
    stop();
}

void progress_display::stop()
{
    if (!running_)
        return;
    running_.reset();
    timer_.cancel();
    if (terminal_) {
        show(look_());
        std::cerr << std::endl;
    }
}

void progress_display::wait()
{
    timer_.expires_after(tick);
    timer_.async_wait([this, running = std::weak_ptr(running_)](const boost::system::error_code&) {
        if (running.expired())
            return; // and so may be this object
        const progress now = look_();
        if (pace_.due(now))
            show(now);
        wait();
    });
}

void progress_display::show(const progress& now)
{
    // A terminal's last column would wrap.
    if (terminal_)
        std::cerr << to_line_start << progress_bar(now, terminal_width() - 1) << std::flush;
    else
        std::cerr << progress_line(now) << std::endl;
}

} // namespace enrich
