#include "sandbox/browser.hpp"

#include <coauth/server/site_cookie.hpp>

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
    constexpr std::string_view white = " \t\r\n";
    const auto begin = typed.find_first_not_of(white);
    if (begin == std::string_view::npos)
        return {};
    auto name = typed.substr(begin, typed.find_last_not_of(white) - begin + 1);
    if (name.starts_with('@'))
        name.remove_prefix(1);
    return std::string(name);
}

} // namespace coauth::sandbox
