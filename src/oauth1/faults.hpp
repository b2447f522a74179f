// The usual faults of clients, as changes to what they should have signed.
#pragma once

#include "oauth1/draft.hpp"

#include <array>
#include <span>
#include <string_view>

namespace coauth::oauth1 {

/// What a fault may need to know beside the draft.
struct fault_context {
    fault_context(const claims& request, std::string_view body) : request(request), body(body) {}

    const claims& request;
    std::string_view body;
};

/// One fault: the change it makes, and what to tell the operator about it. A change that finds nothing
/// to change leaves the draft as it is.
struct signing_fault {
    std::string_view sentence;
    void (*change)(draft& d, const fault_context& c);
};

/// In method and URI.
std::span<const signing_fault> uri_faults() noexcept;
/// In which parameters were signed, and in what order.
std::span<const signing_fault> parameter_faults() noexcept;
/// In how they were decoded and encoded.
std::span<const signing_fault> encoding_faults() noexcept;

/// All of them, in the order in which they are tried.
inline std::array<std::span<const signing_fault>, 3> signing_faults() noexcept
{
    return {uri_faults(), parameter_faults(), encoding_faults()};
}

} // namespace coauth::oauth1
