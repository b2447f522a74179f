#include "sandbox/browser.hpp"

#include <algorithm>

namespace coauth::sandbox {

namespace {

constexpr std::string_view cookie_name = "coauth_sandbox_user";

std::string_view trimmed(std::string_view text)
{
    constexpr std::string_view white = " \t\r\n";
    const auto begin = text.find_first_not_of(white);
    if (begin == std::string_view::npos)
        return {};
    return text.substr(begin, text.find_last_not_of(white) - begin + 1);
}

} // namespace

bool came_from_own_page(const server::request& r, std::string_view base_url)
{
    // The page's referrer policy makes browsers send "Origin: null", so the newer header counts first.
    if (const auto site = r.headers.get("Sec-Fetch-Site"); !site.empty())
        return site == "same-origin";
    const auto origin = r.headers.get("Origin");
    return origin.empty() || origin == base_url;
}

std::string remembered_user(const server::request& r)
{
    auto rest = r.headers.get("Cookie");
    while (!rest.empty()) {
        const auto end = std::min(rest.find(';'), rest.size());
        const auto pair = trimmed(rest.substr(0, end));
        if (pair.size() > cookie_name.size() && pair.starts_with(cookie_name) && pair[cookie_name.size()] == '=')
            return std::string(pair.substr(cookie_name.size() + 1));
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return {};
}

std::string remember_user(std::string_view username)
{
    return std::string(cookie_name) + '=' + std::string(username) + "; Path=/oauth; Secure; HttpOnly; SameSite=Lax";
}

std::string trimmed_username(std::string_view typed)
{
    auto name = trimmed(typed);
    if (name.starts_with('@'))
        name.remove_prefix(1);
    return std::string(name);
}

} // namespace coauth::sandbox
