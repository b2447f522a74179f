#include <coauth/identity/login_outcome.hpp>

namespace coauth {

std::string_view name(login_status status) noexcept
{
    switch (status) {
    case login_status::granted:
        return "granted";
    case login_status::denied:
        return "denied";
    case login_status::expired:
        return "expired";
    case login_status::unknown:
        return "unknown";
    case login_status::replayed:
        return "replayed";
    case login_status::wrong_browser:
        return "wrong_browser";
    }
    return "unknown";
}

} // namespace coauth
