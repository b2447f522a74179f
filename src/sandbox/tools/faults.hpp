// Scripted faults: on the n-th call of a route, the sandbox sends another response, or breaks it off.
#pragma once

#include "sandbox/x/routes.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace coauth::sandbox {

enum class fault_action {
    none,
    drop,     ///< Closes the connection without a byte; the call is not carried out.
    truncate, ///< Carries the call out, announces the whole response and closes after half of it.
    garbage,  ///< Sends bytes that are no HTTP; the call is not carried out.
};

struct scripted_fault {
    scripted_fault() = default;

    const route* faulty_route = nullptr; ///< Null: every route, unknown paths too.
    std::int64_t nth = 1;                ///< The first call it strikes, counted from when it was set.
    std::int64_t times = 1;              ///< How many calls in a row; 0: all from then on.
    std::optional<int> status;
    std::optional<std::string> body;
    std::vector<std::pair<std::string, std::string>> headers; ///< Added; alone, to the true response.
    std::chrono::milliseconds delay{0};
    fault_action action = fault_action::none;

    std::int64_t calls = 0; ///< Seen so far.
};

/// Reads a JSON array; throws `errc::invalid_argument`, which names the field that is wrong.
std::vector<scripted_fault> read_faults(std::string_view json);

/// Thread safety: not safe; the provider guards it.
class fault_script {
public:
    void set(std::vector<scripted_fault> faults) { faults_ = std::move(faults); }

    /// Counts the call in every fault of its route, and gives the first that strikes. `r` is null
    /// for an unknown path.
    std::optional<scripted_fault> next(const route* r);

private:
    std::vector<scripted_fault> faults_;
};

} // namespace coauth::sandbox
