#include <coauth/store/login_store.hpp>

namespace coauth::store {

login_store::~login_store() = default;
immediate_logins::~immediate_logins() = default;

immediate_logins* login_store::immediate() noexcept
{
    return nullptr;
}

void check(const login_limits& limits)
{
    const auto need = [](bool good, const char* what) {
        if (!good)
            throw error(errc::invalid_argument, std::string("login_limits: ") + what);
    };
    need(limits.max_pending >= 1, "max_pending is 0");
    need(limits.max_per_browser >= 1, "max_per_browser is 0");
    need(limits.time_to_live >= std::chrono::seconds(1) && limits.time_to_live <= std::chrono::hours(24),
        "time_to_live is not from 1 s to 24 h");
}

error too_many_logins(const login_limits& limits, login_cap reached)
{
    // By then each of those that are pending now has ended, one way or another.
    const auto wait = std::chrono::ceil<std::chrono::seconds>(limits.time_to_live);
    if (reached == login_cap::of_all)
        return error(errc::too_many_logins,
            std::to_string(limits.max_pending) + " logins are pending, which is as many as there may be")
            .with_hint("try again when some have ended; if that many people really sign in at once, raise max_pending")
            .with_retry_after(wait);
    return error(errc::too_many_logins, "this browser has " + std::to_string(limits.max_per_browser) +
                                            " logins pending, which is as many as one browser may have")
        .with_hint("finish one of them, or let them expire")
        .with_retry_after(wait);
}

} // namespace coauth::store
