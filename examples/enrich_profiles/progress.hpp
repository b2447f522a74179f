// What a run says of itself while it runs: pure text, and when to say it.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace enrich {

/// How far a run is.
struct progress {
    progress() = default;

    std::uint64_t done = 0;             ///< Lines in OUT.
    std::uint64_t done_before = 0;      ///< Those that were there when the run began.
    std::optional<double> part;         ///< Of IN, from 0 to 1, where its size is known.
    double part_before = 0;             ///< The same when the run began.
    std::chrono::milliseconds time{0};  ///< Since the run began.
    std::chrono::milliseconds until{0}; ///< The rate limit is waited for, this much longer. 0: no.
};

/// "[######..............] 31 %  310000 done  5200/s  2 min 13 s left", shorter where `width` columns
/// are too few for it.
std::string progress_bar(const progress& now, std::size_t width);

/// The same without the bar, for a log.
std::string progress_line(const progress& now);

/// Knows where a run began.
class progress_meter {
public:
    using time_point = std::chrono::steady_clock::time_point;

    /// `done`: lines in OUT; `position` and `size`: how much of IN is behind the run, and in all, in octets.
    progress_meter(time_point begun, std::uint64_t done, std::uint64_t position, std::optional<std::uint64_t> size)
        : begun_(begun), done_(done), position_(position), size_(size)
    {}

    /// `reset`: of the rate limit that is waited for, if it is to come.
    progress look(time_point now, std::uint64_t done, std::uint64_t position, time_point reset) const;

private:
    time_point begun_;
    std::uint64_t done_;
    std::uint64_t position_;
    std::optional<std::uint64_t> size_;
};

/// When progress is shown: on a terminal at most ten times a second, in a log every ten seconds or ten
/// hundredths of IN.
class progress_pace {
public:
    explicit progress_pace(bool terminal) : terminal_(terminal) {}

    /// Whether it is due now; the caller shows what is due.
    bool due(const progress& now);

private:
    bool terminal_;
    bool begun_ = false;
    std::chrono::milliseconds last_time_{0};
    double last_part_ = 0;
};

} // namespace enrich
