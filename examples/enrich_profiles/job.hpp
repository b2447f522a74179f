// The job between IN and OUT: what is asked next, and what becomes of the answers.
#pragma once

#include "enrich_profiles/input_source.hpp"
#include "enrich_profiles/money.hpp"
#include "enrich_profiles/output_file.hpp"
#include "enrich_profiles/release_window.hpp"
#include "enrich_profiles/tally.hpp"

#include <coauth/error.hpp>
#include <coauth/twitter/lookup.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace enrich {

inline constexpr std::size_t names_in_a_request = 100;
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
};

/// An input that is asked for.
struct question {
    question(input given, std::uint64_t ticket, coauth::twitter::user_ref who)
        : given(std::move(given)), ticket(ticket), who(std::move(who))
    {}

    input given;
    std::uint64_t ticket;
    coauth::twitter::user_ref who;
};

/// Thread safety: for one thread.
class job {
public:
    job(boost::asio::any_io_executor executor, const job_options& options, output_file& out, const tally& written);

    /// Takes the next inputs at hand that may be asked now, up to a request's worth. Those that are no
    /// name or id get their line at once. None: nothing is at hand, or it must wait (`change`).
    std::vector<question> next(input_source& in, micros spent);

    /// What came of questions; writes the lines that may be written. An answer that would be everyone's
    /// (the token was revoked, say) stops the job, and its questions get no line.
    void answered(const std::vector<question>& asked, const coauth::result<coauth::twitter::lookups>& answers);

    /// Asks no more. The first reason counts, but for an `unknown_user` that a `token_revoked` explains.
    void stop(coauth::error why);

    const std::optional<coauth::error>& stopped() const noexcept { return stopped_; }

    /// Nothing is asked that has no answer.
    bool idle() const noexcept { return asked_ == 0; }

    /// Returns when answers have come, or the job was stopped.
    boost::asio::awaitable<void> change();

    const tally& written() const noexcept { return written_; }

    /// How much of IN is done, in octets.
    std::uint64_t position() const noexcept { return position_; }

private:
    void write_lines();

    const job_options options_;
    const budget budget_;
    output_file& out_;
    tally written_;
    release_window window_;
    boost::asio::steady_timer bell_;
    std::size_t asked_ = 0;
    std::uint64_t position_ = 0;
    std::optional<coauth::error> stopped_;
};

} // namespace enrich
