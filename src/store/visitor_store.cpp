#include <coauth/store/visitor_store.hpp>

#include <string>

namespace coauth::store {

visitor_store::~visitor_store() = default;

void check(const visitor_limits& limits)
{
    const auto need = [](bool good, const char* problem) {
        if (!good)
            throw error(errc::invalid_argument, std::string("visitor_limits: ") + problem);
    };
    need(limits.max_per_user >= 1, "max_per_user is 0");
    need(limits.time_to_live >= std::chrono::seconds(1) && limits.time_to_live <= std::chrono::hours(24 * 400),
        "time_to_live is not from 1 s to 400 days");
}

} // namespace coauth::store
