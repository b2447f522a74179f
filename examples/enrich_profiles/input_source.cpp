#include "enrich_profiles/input_source.hpp"

#include <coauth/error.hpp>
#include <coauth/system_failure.hpp>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace enrich {

namespace asio = boost::asio;

namespace {

// As much as a pipe holds, so that one that was filled at once is judged as a whole.
constexpr std::size_t piece = 64 * 1024;

} // namespace

input_source::input_source(asio::any_io_executor executor, std::string name, std::string column, naming by)
    : name_(std::move(name)), reader_(std::move(column)), check_(by)
{
    const bool is_stdin = name_ == "-";
    descriptor_ = is_stdin ? ::dup(STDIN_FILENO) : ::open(name_.c_str(), O_RDONLY | O_CLOEXEC);
    if (is_stdin)
        name_ = "stdin";
    if (descriptor_ < 0)
        fail(errno);

    struct stat s = {};
    if (::fstat(descriptor_, &s) != 0 || S_ISDIR(s.st_mode)) {
        ::close(std::exchange(descriptor_, -1));
        fail(EISDIR);
    }
    if (S_ISREG(s.st_mode)) {
        const auto read_before = std::max<off_t>(::lseek(descriptor_, 0, SEEK_CUR), 0);
        size_ = static_cast<std::uint64_t>(std::max<off_t>(s.st_size - read_before, 0));
    } else if (!S_ISCHR(s.st_mode) || ::isatty(descriptor_) == 1) {
        const int copy = ::dup(descriptor_);
        if (copy < 0) {
            const int reason = errno;
            ::close(std::exchange(descriptor_, -1));
            fail(reason);
        }
        waits_.emplace(executor, copy);
    }
}

input_source::~input_source()
{
    if (descriptor_ >= 0)
        ::close(descriptor_);
}

asio::awaitable<bool> input_source::read_more()
{
    while (!has() && !ended_) {
        piece_.resize(piece);
        std::size_t size = 0;
        if (waits_)
            size = co_await read_waiting();
        else
            size = read_file();
        take_in(size);
        judge();
    }
    co_return has();
}

void input_source::take_in(std::size_t size)
{
    ended_ = size == 0;
    read_ += size;
    if (ended_)
        reader_.finish();
    else
        reader_.feed(std::string_view(piece_).substr(0, size));
}

void input_source::judge()
{
    const auto& inputs = reader_.inputs();
    if (!inputs.empty() && !check_.full()) {
        const std::size_t known = static_cast<std::size_t>(counted_ - inputs.front().number);
        for (std::size_t i = known; i < inputs.size(); ++i)
            check_.count(inputs[i]);
        counted_ = inputs.back().number + 1;
    }
    const auto verdict = check_.judge(ended_, more_at_hand());
    if (verdict == input_check::verdict::refused)
        throw check_.refusal(reader_.layout(), any_accepted_);
    accepted_ = verdict == input_check::verdict::accepted;
    any_accepted_ = any_accepted_ || has();
}

// A file's end is known once it was read.
bool input_source::more_at_hand()
{
    if (ended_ || !waits_)
        return !ended_;
    asio::posix::stream_descriptor::bytes_readable readable;
    boost::system::error_code ec;
    waits_->io_control(readable, ec);
    return !ec && readable.get() != 0;
}

input input_source::take()
{
    auto& queue = returned_.empty() ? reader_.inputs() : returned_;
    input first = std::move(queue.front());
    queue.pop_front();
    return first;
}

void input_source::put_back(std::vector<input> inputs)
{
    for (auto& i : inputs)
        returned_.push_back(std::move(i));
}

void input_source::interrupt()
{
    if (waits_)
        waits_->cancel();
}

asio::awaitable<std::size_t> input_source::read_waiting()
{
    boost::system::error_code ec;
    const std::size_t got =
        co_await waits_->async_read_some(asio::buffer(piece_), asio::redirect_error(asio::use_awaitable, ec));
    if (ec == asio::error::operation_aborted)
        throw boost::system::system_error(ec);
    if (ec && ec != asio::error::eof)
        fail(ec.value());
    co_return got;
}

std::size_t input_source::read_file()
{
    for (;;) {
        const ssize_t got = ::read(descriptor_, piece_.data(), piece_.size());
        if (got >= 0)
            return static_cast<std::size_t>(got);
        if (errno != EINTR)
            fail(errno);
    }
}

void input_source::fail(int why) const
{
    const std::string_view hint = coauth::shortage_hint({why, boost::system::system_category()});
    throw coauth::error(
        coauth::errc::invalid_argument, "IN, the file " + name_ + ", can't be read: " + std::strerror(why))
        .with_hint(std::string(hint.empty() ? "name a file with names or ids, or - for stdin" : hint));
}

} // namespace enrich
