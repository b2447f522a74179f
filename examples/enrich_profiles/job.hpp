// The job between IN and OUT: which inputs are asked for next, and which lines the responses give.
#pragma once

#include "enrich_profiles/doubtful_lines.hpp"
#include "enrich_profiles/inputs.hpp"
#include "enrich_profiles/money.hpp"
#include "enrich_profiles/release_window.hpp"
#include "enrich_profiles/tally.hpp"

#include <coauth/error.hpp>
#include <coauth/identity/lookup.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace enrich {

inline constexpr std::size_t most_requests = 64;

/// How far lines may be from their places with `--unordered`. It does not depend on --concurrency, so
/// that a run may go on with another one.
inline constexpr std::uint64_t widest_window = 4 * most_requests * names_in_a_request;

struct job_options {
    job_options() = default;

    bool in_order = true;
    naming by = naming::digits_are_ids;
    std::size_t requests = 8;        ///< On the wire at once.
    std::optional<micros> most_cost; ///< Empty: no limit.
    micros price = 10'000;           ///< For a profile.
    bool others_follow = false;      ///< Another job follows, with other inputs.
};

/// Takes the lines that may be written now. What it throws is passed on, and it is not called again.
using line_sink = std::function<void(const std::vector<output_line>&)>;

/// An input that is asked for.
struct question {
    question(input given, std::uint64_t ticket, coauth::user_ref user)
        : given(std::move(given)), ticket(ticket), user(std::move(user))
    {}

    input given;
    std::uint64_t ticket;
    coauth::user_ref user;
};

/// Asks for inputs, and writes a line for each.
///
/// A job that is stopping writes what is known of an input itself and no failure that may pass, so that the next run
/// asks for it again. Money that is reserved for requests on the wire decides what is asked next, and nothing else: the
/// money of a request that failed is there for the next.
///
/// Thread safety: for one thread.
class job {
public:
    /// `written`: the lines that there are already.
    job(boost::asio::any_io_executor executor, const job_options& options, line_sink sink, const tally& written);

    /// Takes the next inputs at hand that may be asked now, up to a request's worth. Those that are no
    /// name or id get their line at once. None: nothing is at hand, or it must wait (`change`).
    std::vector<question> next(inputs& source, micros spent);

    /// So many of those that `next` gave can't be asked after all, and get no line.
    void not_asked(std::size_t questions) noexcept { in_flight_ -= questions; }

    /// Records the response to a batch; writes the lines that may be written. A failure that every other question would
    /// have (the token was revoked, an outage) stops the job, and its questions get no line. What the session knew
    /// already (`lookup::reused`) does not show that requests succeed.
    void record(const std::vector<question>& batch, const coauth::result<coauth::lookups>& response);

    /// Every input that can be asked for has its response. Writes the failures that were held because all inputs might
    /// have had them, or stops the job if no request succeeded. False if there were none: the job has ended.
    bool settle();

    /// Asks no more. The first reason counts, but for an `unknown_user` that a `token_revoked` explains, and for
    /// failures that may be about these inputs: any other reason takes their place.
    void stop(coauth::error why) { stop(std::move(why), false); }

    const std::optional<coauth::error>& stopped() const noexcept { return stopped_; }

    /// The job was stopped by failures that may be about its own inputs alone, and others follow.
    bool leaves_others() const noexcept { return unclear_ && options_.others_follow; }

    /// A line could not be written, and none is any more.
    bool broken() const noexcept { return sink_failed_; }

    /// No question waits for its response.
    bool idle() const noexcept { return in_flight_ == 0; }

    /// Every input that was taken has its line. While the job is stopping, that may never be.
    bool complete() const noexcept { return window_.complete(); }

    /// Returns when responses have come, or the job was stopped.
    boost::asio::awaitable<void> change();

    /// Writes the lines that wait for others before them. For a job that has ended and whose lines have their places
    /// in the file already.
    void write_rest();

    const tally& written() const noexcept { return written_; }

    /// How much of IN is done, in octets.
    std::uint64_t position() const noexcept { return position_; }

private:
    void stop(coauth::error why, bool unclear);
    void refuse(const coauth::error& why);
    void take(const std::vector<question>& batch, const coauth::lookups& response);
    void hold(doubtful_lines::held_lines unclear, const coauth::error& why, bool own);
    void give_lines(doubtful_lines::held_lines lines);
    void write(const std::vector<output_line>& lines);

    const job_options options_;
    const budget budget_;
    line_sink sink_;
    tally written_;
    release_window window_;
    doubtful_lines doubtful_;
    boost::asio::steady_timer change_timer_;
    bool sink_failed_ = false;
    std::size_t in_flight_ = 0;
    std::uint64_t next_ticket_ = 0;
    std::uint64_t position_ = 0;
    std::optional<coauth::error> stopped_;
    bool unclear_ = false; // what stopped it may be about its inputs alone
};

} // namespace enrich
