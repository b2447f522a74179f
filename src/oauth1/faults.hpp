// The usual faults of clients, as changes to what they should have signed.
#pragma once

#include "oauth1/draft.hpp"

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

/// The commonest first.
std::span<const signing_fault> signing_faults() noexcept;

} // namespace coauth::oauth1
