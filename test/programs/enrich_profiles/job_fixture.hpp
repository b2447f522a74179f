// A job without a session, and what it writes.
#pragma once

#include "enrich_profiles/job.hpp"

#include <boost/asio/io_context.hpp>

#include <deque>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace job_testing {

using coauth::errc;
using coauth::error;
using coauth::lookup;
using coauth::lookup_outcome;
using coauth::lookups;
using namespace enrich;

class listed_inputs final : public inputs {
public:
    explicit listed_inputs(std::size_t count)
    {
        for (std::size_t i = 0; i < count; ++i) {
            input& added = list_.emplace_back();
            added.number = i;
            added.text = "user_" + std::to_string(i);
        }
    }

    bool has() const noexcept override { return !list_.empty(); }
    boost::asio::awaitable<bool> read_more() override { co_return has(); }
    const input& front() const override { return list_.front(); }
    input take() override
    {
        input first = std::move(list_.front());
        list_.pop_front();
        return first;
    }
    void interrupt() override {}

private:
    std::deque<input> list_;
};

using questions = std::vector<question>;

// A job and what it wrote.
struct job_fixture {
    explicit job_fixture(std::size_t count, job_options options = job_options(), tally before = tally())
        : source(count), tested(
                             io.get_executor(), options,
                             [this](const std::vector<output_line>& lines) {
                                 for (const auto& line : lines)
                                     written.emplace_back(line.number, std::string(name(line.kind)));
                             },
                             before)
    {}

    questions ask(micros spent = 0) { return tested.next(source, spent); }

    void respond(const questions& batch, lookup_outcome outcome, std::optional<error> why = std::nullopt,
        bool in_response = false)
    {
        lookups response;
        for (const question& q : batch) {
            lookup added(q.user, outcome);
            added.why = why;
            added.in_response = in_response;
            response.outcomes.push_back(added);
        }
        tested.record(batch, response);
    }
    void find(const questions& batch) { respond(batch, lookup_outcome::not_found, std::nullopt, true); }
    void fail(const questions& batch, const error& why) { respond(batch, lookup_outcome::failed, why); }

    // `odd` fails for `why`, the others are found; `reused` are not this request's.
    void find_but(const questions& batch, std::size_t odd, const error& why, bool reused = false)
    {
        lookups response;
        for (std::size_t i = 0; i < batch.size(); ++i) {
            lookup added(batch[i].user, i == odd ? lookup_outcome::failed : lookup_outcome::not_found);
            if (i == odd)
                added.why = why;
            else
                added.reused = reused;
            response.outcomes.push_back(added);
        }
        tested.record(batch, response);
    }

    // The first is known from before, and the request for the others failed.
    void respond_reused(const questions& batch, const error& why)
    {
        lookups response;
        for (const question& q : batch) {
            lookup& added = response.outcomes.emplace_back(q.user, lookup_outcome::failed);
            added.why = why;
        }
        response.outcomes.front() = lookup(batch.front().user, lookup_outcome::not_found);
        response.outcomes.front().reused = true;
        tested.record(batch, response);
    }

    std::size_t count_of(const std::string& outcome) const
    {
        std::size_t count = 0;
        for (const auto& line : written)
            count += line.second == outcome;
        return count;
    }

    boost::asio::io_context io;
    std::vector<std::pair<std::uint64_t, std::string>> written;
    listed_inputs source;
    job tested;
};

inline job_options unordered_options()
{
    job_options options;
    options.in_order = false;
    return options;
}

inline const std::vector<error>& passing_errors()
{
    static const std::vector<error> all = {error(errc::timeout), error(errc::resolve_failed),
        error(errc::connect_failed), error(errc::connection_lost),
        error(errc::provider_unavailable).with_http_status(503),
        error(errc::provider_unavailable).with_http_status(502), error(errc::rate_limited).with_http_status(429),
        error(errc::rate_limited), error(errc::malformed_response),
        error(errc::malformed_response).with_http_status(200), error(errc::provider_error),
        error(errc::provider_error).with_http_status(400), error(errc::response_too_large)};
    return all;
}

} // namespace job_testing
