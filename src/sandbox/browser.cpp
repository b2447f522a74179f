#include "sandbox/browser.hpp"

#include <coauth/server/site_cookie.hpp>
#include <coauth/text/ascii.hpp>

namespace coauth::sandbox {

namespace {

const server::site_cookie& user_cookie()
{
    static const server::site_cookie cookie("coauth_sandbox_user", true);
    return cookie;
}

} // namespace

std::string remembered_user(const server::request& r)
{
    const auto found = user_cookie().read(r);
    return found ? *found : std::string();
}

std::string remember_user(std::string_view username)
{
    return user_cookie().set(username, std::chrono::hours(24));
}

std::string trimmed_username(std::string_view typed)
{
    auto name = text::trimmed(typed);
    if (name.starts_with('@'))
        name.remove_prefix(1);
    return std::string(name);
}

} // namespace coauth::sandbox
