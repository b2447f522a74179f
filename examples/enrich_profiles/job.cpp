#include "enrich_profiles/job.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <utility>

namespace enrich {

namespace asio = boost::asio;

namespace {

// Twice as many questions as fit on the wire, so that a request that leaves is full; and room for as
// many again whose turn to be written has not come.
constexpr std::size_t asked_per_request = 2 * names_in_a_request;
constexpr std::size_t held_per_request = 4 * names_in_a_request;

// Would be the answer for every other input, too.
bool is_everyones(coauth::errc why)
{
    using coauth::errc;
    switch (why) {
    case errc::unknown_user:
    case errc::token_revoked:
    case errc::invalid_credentials:
    case errc::access_level:
    case errc::account_locked:
    case errc::clock_skew:
    case errc::tls_failed:
    case errc::invalid_argument:
    case errc::store_unavailable:
    case errc::cancelled:
        return true;
    default:
        return false;
    }
}

} // namespace

job::job(asio::any_io_executor executor, const job_options& options, output_file& out, const tally& written)
    : options_(options), budget_(options.most_cost, options.price), out_(out), written_(written),
      window_(options.in_order, options.requests * held_per_request),
      bell_(executor, asio::steady_timer::time_point::max())
{}

std::vector<question> job::next(input_source& in, micros spent)
{
    std::vector<question> batch;
    if (stopped_)
        return batch;
    const std::size_t most = std::min(names_in_a_request, options_.requests * asked_per_request - asked_);
    const std::size_t affordable = budget_.fits(spent, asked_, most);
    while (in.has() && window_.fits(in.front().number)) {
        auto who = person(in.front(), options_.by);
        if (who && batch.size() == affordable)
            break;
        input given = in.take();
        const std::uint64_t ticket = window_.take(given.number);
        if (who)
            batch.emplace_back(std::move(given), ticket, std::move(who).value());
        else
            window_.answer(ticket, invalid(given, who.error()));
    }
    asked_ += batch.size();
    write_lines();
    return batch;
}

void job::answered(const std::vector<question>& asked, const coauth::result<coauth::twitter::lookups>& answers)
{
    asked_ -= asked.size();
    if (!answers)
        stop(answers.error());
    for (std::size_t i = 0; answers && i < asked.size(); ++i) {
        const coauth::twitter::lookup& answer = answers->outcomes[i];
        if (answer.why && is_everyones(answer.why->reason()))
            stop(*answer.why);
        else
            window_.answer(asked[i].ticket, enrich::answered(asked[i].given, answer));
    }
    bell_.cancel();
    write_lines();
}

void job::stop(coauth::error why)
{
    // The session has dropped a revoked token before those who asked with it are told so.
    const bool explains =
        stopped_ && stopped_->reason() == coauth::errc::unknown_user && why.reason() == coauth::errc::token_revoked;
    if (!stopped_ || explains)
        stopped_ = std::move(why);
    bell_.cancel();
}

asio::awaitable<void> job::change()
{
    boost::system::error_code rung;
    co_await bell_.async_wait(asio::redirect_error(asio::use_awaitable, rung));
}

void job::write_lines()
{
    const auto lines = window_.release();
    std::string text;
    for (const auto& line : lines)
        text += line.text;
    out_.append(text);
    for (const auto& line : lines) {
        written_.count(line.what);
        position_ = std::max(position_, line.end);
    }
}

} // namespace enrich
