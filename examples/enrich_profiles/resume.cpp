#include "enrich_profiles/resume.hpp"

#include "enrich_profiles/written_lines.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <string>
#include <utility>

namespace enrich {

namespace asio = boost::asio;

namespace {

[[noreturn]] void refuse(std::string why)
{
    throw coauth::error(coauth::errc::invalid_argument, std::move(why))
        .with_hint("name another OUT; nothing was changed");
}

std::string no_line_of_ours(std::uint64_t number)
{
    return "line " + std::to_string(number) + " of OUT was not written by this program";
}

} // namespace

asio::awaitable<tally> resume(output_file& out, input_source& source, std::uint64_t width)
{
    constexpr std::uint64_t turn = 10'000; // then signals get their chance
    auto executor = co_await asio::this_coro::executor;
    tally counts;
    written_lines written(width);
    std::string line;
    bool last_is_whole = false;
    while (!last_is_whole) {
        if (!out.read_line(line)) {
            const remnant end = look_at_remnant(line);
            if (end == remnant::foreign)
                refuse(no_line_of_ours(counts.all() + 1));
            if (end == remnant::torn)
                break;
            last_is_whole = true;
        }
        auto known = read_output_line(line);
        if (!known)
            refuse(no_line_of_ours(counts.all() + 1));
        if (!source.has()) {
            const bool has_more = co_await source.read_more();
            if (!has_more)
                refuse("OUT has more lines than IN has inputs");
        }
        written.match(std::move(known->input), source.take());
        counts.count(known->kind);
        if (counts.all() % turn == 0)
            co_await asio::post(executor, asio::use_awaitable);
    }
    while (written.owed()) {
        const bool has_more = co_await source.read_more();
        if (!has_more)
            written.end_of_inputs();
        written.match(source.take());
    }
    source.put_back(std::move(written).missing());
    out.begin_appending(last_is_whole);
    co_return counts;
}

} // namespace enrich
