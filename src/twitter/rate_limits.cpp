#include "twitter/rate_limits.hpp"

#include "api/rate_limits.hpp"

#include <coauth/http/date.hpp>

namespace coauth::twitter {

rate_limits read_rate_limits(const http::fields& headers, std::chrono::sys_seconds now)
{
    rate_limits limits;
    limits.window = api::read_rate_window(headers, "x-rate-limit-");
    limits.app_day = api::read_rate_window(headers, "x-app-limit-24hour-");
    limits.user_day = api::read_rate_window(headers, "x-user-limit-24hour-");
    limits.at = http::read_date(headers.get("date"), now);
    return limits;
}

} // namespace coauth::twitter
