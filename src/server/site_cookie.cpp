#include <coauth/server/site_cookie.hpp>
#include <coauth/text/ascii.hpp>

#include <algorithm>
#include <optional>

namespace coauth::server {

site_cookie::site_cookie(std::string_view name, bool https) : name_(https ? "__Host-" : ""), https_(https)
{
    name_ += name;
}

result<std::string> site_cookie::read(const request& request) const
{
    std::optional<std::string_view> found;
    for (const auto& [field, text] : request.headers) {
        if (!http::same_field_name(field, "Cookie"))
            continue;
        std::string_view rest = text;
        while (!rest.empty()) {
            const auto end = std::min(rest.find(';'), rest.size());
            const auto pair = text::trimmed(rest.substr(0, end), text::blanks);
            rest.remove_prefix(std::min(end + 1, rest.size()));
            const auto equals = pair.find('=');
            if (equals == std::string_view::npos || text::trimmed(pair.substr(0, equals), text::blanks) != name_)
                continue;
            if (found)
                return error(errc::invalid_argument, "the browser sent two cookies called " + name_)
                    .with_hint("delete the cookies of this site and try again");
            found = text::trimmed(pair.substr(equals + 1), text::blanks);
        }
    }
    return std::string(found.value_or(""));
}

std::string site_cookie::set(std::string_view value, std::chrono::seconds max_age) const
{
    std::string out = name_;
    out.append("=").append(value).append("; Path=/; Max-Age=").append(std::to_string(max_age.count()));
    out += "; HttpOnly; SameSite=Lax";
    if (https_)
        out += "; Secure";
    return out;
}

std::string site_cookie::remove() const
{
    return set("", std::chrono::seconds(0));
}

} // namespace coauth::server
