#include "enrich_profiles/failed_lines.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <string>
#include <utility>

namespace enrich {

namespace asio = boost::asio;

failed_lines::failed_lines(output_file& out)
    : out_(out), old_lines_(out.descriptor(), out.name()), new_file_(out.name(), out.descriptor())
{}

asio::awaitable<bool> failed_lines::read_more()
{
    constexpr std::uint64_t turn = 10'000; // then signals and responses get their chance
    auto executor = co_await asio::this_coro::executor;
    bool ended = has();
    for (std::uint64_t read = 1; !ended && !interrupted_; ++read) {
        ended = !read_line() || ready_.size() == names_in_a_request;
        if (read % turn == 0)
            co_await asio::post(executor, asio::use_awaitable);
    }
    co_return has();
}

bool failed_lines::read_line()
{
    range place;
    place.begin = old_lines_.position();
    if (!old_lines_.next(line_))
        return false;
    auto written = read_output_line(line_);
    if (!written || written->kind != outcome::failed)
        return true;
    place.number = number_++;
    place.end = old_lines_.position();
    places_.push_back(place);
    input& added = ready_.emplace_back();
    added.number = place.number;
    added.end = place.end;
    added.text = std::move(written->input);
    return true;
}

input failed_lines::take()
{
    input taken = std::move(ready_.front());
    ready_.pop_front();
    return taken;
}

void failed_lines::replace(const std::vector<output_line>& lines)
{
    for (const output_line& line : lines) {
        while (places_.front().number < line.number)
            places_.pop_front(); // keeps its line
        new_file_.copy_until(places_.front().begin);
        new_file_.append(line.text);
        new_file_.skip_until(places_.front().end);
        places_.pop_front();
    }
}

} // namespace enrich
