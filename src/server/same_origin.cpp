#include <coauth/server/same_origin.hpp>

namespace coauth::server {

bool came_from_same_origin(const request& r, std::string_view origin) noexcept
{
    // Pages without a referrer make browsers send "Origin: null", so the newer header counts first.
    if (const auto site = r.headers.get("Sec-Fetch-Site"); !site.empty())
        return site == "same-origin" && r.headers.count("Sec-Fetch-Site") == 1;
    if (r.headers.count("Origin") == 0)
        return true;
    return r.headers.get("Origin") == origin && r.headers.count("Origin") == 1;
}

bool hides_origin(const request& r) noexcept
{
    return r.headers.get("Origin") == "null" && r.headers.count("Sec-Fetch-Site") == 0;
}

} // namespace coauth::server
