#include "enrich_profiles/job.hpp"

#include "enrich_profiles/failure_scope.hpp"

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

} // namespace

job::job(asio::any_io_executor executor, const job_options& options, line_sink sink, const tally& written)
    : options_(options), budget_(options.most_cost, options.price), sink_(std::move(sink)), written_(written),
      window_(options.in_order, options.requests * held_per_request),
      change_timer_(executor, asio::steady_timer::time_point::max())
{}

std::vector<question> job::next(inputs& source, micros spent)
{
    std::vector<question> batch;
    if (stopped_)
        return batch;
    const std::size_t most = std::min(names_in_a_request, options_.requests * asked_per_request - in_flight_);
    const std::size_t affordable = budget_.fits(spent, in_flight_, most);
    while (source.has() && window_.fits(source.front().number)) {
        auto user = user_of(source.front(), options_.by);
        if (user && batch.size() == affordable)
            break;
        input given = source.take();
        const std::uint64_t ticket = window_.take(given.number);
        next_ticket_ = ticket + 1;
        if (user)
            batch.emplace_back(std::move(given), ticket, std::move(user).value());
        else
            window_.set_line(ticket, invalid(given, user.error()));
    }
    in_flight_ += batch.size();
    write(window_.release());
    return batch;
}

void job::record(const std::vector<question>& batch, const coauth::result<coauth::lookups>& response)
{
    in_flight_ -= batch.size();
    if (response)
        take(batch, *response);
    else
        refuse(response.error());
    change_timer_.cancel();
    write(window_.release());
}

// Every other input would fail likewise.
void job::refuse(const coauth::error& why)
{
    if (stopped_ && why.reason() == coauth::errc::cancelled)
        return; // since the session was closed
    stop(stopped_by(why), scope_of(why.reason(), false) == failure_scope::unclear);
}

void job::take(const std::vector<question>& batch, const coauth::lookups& response)
{
    // First, since it decides about the others.
    for (const auto& outcome : response.outcomes)
        if (outcome.why && scope_of(outcome.why->reason(), outcome.in_response) == failure_scope::job)
            refuse(*outcome.why);

    bool succeeded = false;
    bool own = false; // a request of this batch is among those that failed
    doubtful_lines::held_lines unclear;
    coauth::error why;
    for (std::size_t i = 0; i < batch.size(); ++i) {
        const coauth::lookup& outcome = response.outcomes[i];
        const failure_scope scope =
            outcome.why ? scope_of(outcome.why->reason(), outcome.in_response) : failure_scope::input;
        if (scope == failure_scope::job || (scope != failure_scope::input && stopped_))
            continue;
        output_line line = lookup_line(batch[i].given, outcome);
        if (scope == failure_scope::unclear) {
            unclear.emplace_back(batch[i].ticket, std::move(line));
            why = *outcome.why;
            own = own || !outcome.reused;
        } else {
            window_.set_line(batch[i].ticket, std::move(line));
            succeeded = succeeded || (scope == failure_scope::input && !outcome.reused);
        }
    }
    if (succeeded)
        give_lines(doubtful_.succeeded(batch.front().ticket));
    if (succeeded && unclear.size() == 1)
        give_lines(std::move(unclear));
    else if (!unclear.empty())
        hold(std::move(unclear), why, own && !succeeded);
}

// The names of a batch may have been in several requests, so where some were found others are held as well.
void job::hold(doubtful_lines::held_lines unclear, const coauth::error& why, bool own)
{
    doubtful_.failed(std::move(unclear), why, next_ticket_, own);
    if (doubtful_.in_a_row() == doubtful_lines::most_failures)
        stop(stopped_by_failures(why, doubtful_.in_a_row()), true);
}

bool job::settle()
{
    if (doubtful_.empty())
        return false;
    auto lines = doubtful_.ended();
    if (lines.empty())
        stop(stopped_by_failures(doubtful_.last_error(), doubtful_.in_a_row()), true);
    give_lines(std::move(lines));
    write(window_.release());
    return true;
}

void job::stop(coauth::error why, bool unclear)
{
    // The session has dropped a revoked token before the callers that used it get that error.
    const bool explains =
        stopped_ && stopped_->reason() == coauth::errc::unknown_user && why.reason() == coauth::errc::token_revoked;
    if (!stopped_ || explains || (unclear_ && !unclear)) {
        stopped_ = std::move(why);
        unclear_ = unclear;
    }
    doubtful_.drop();
    change_timer_.cancel();
}

asio::awaitable<void> job::change()
{
    boost::system::error_code cancelled;
    co_await change_timer_.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
}

void job::write_rest()
{
    write(window_.release_rest());
}

void job::give_lines(doubtful_lines::held_lines lines)
{
    for (auto& [ticket, line] : lines)
        window_.set_line(ticket, std::move(line));
}

void job::write(const std::vector<output_line>& lines)
{
    // What could not be written must not leave a gap before what can.
    if (lines.empty() || sink_failed_)
        return;
    sink_failed_ = true;
    sink_(lines);
    sink_failed_ = false;
    for (const auto& line : lines) {
        written_.count(line.kind);
        position_ = std::max(position_, line.end);
    }
}

} // namespace enrich
