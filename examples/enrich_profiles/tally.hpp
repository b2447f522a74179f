// Counts what the lines of OUT say.
#pragma once

#include "enrich_profiles/money.hpp"
#include "enrich_profiles/output_line.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <string>

namespace enrich {

class tally {
public:
    void count(outcome kind) noexcept { ++counts_[static_cast<std::size_t>(kind)]; }

    /// As many lines that said "failed" say now what `lines` counts.
    void replace_failed(const tally& lines) noexcept;

    std::uint64_t of(outcome kind) const noexcept { return counts_[static_cast<std::size_t>(kind)]; }
    std::uint64_t all() const noexcept;

private:
    std::array<std::uint64_t, 6> counts_{};
};

/// What one run used.
struct usage {
    usage() = default;

    std::uint64_t requests = 0;
    std::chrono::milliseconds waited{0};
    micros cost = 0;
};

/// {"inputs","found","not_found","suspended","invalid","failed","requests","waited_s","cost_usd"}
std::string summary(const tally& file, const usage& run);

} // namespace enrich
