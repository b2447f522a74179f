#include "text/hex.hpp"

#include <coauth/site/return_path.hpp>
#include <coauth/text/ascii.hpp>

namespace coauth::site {

namespace {

error refused(const char* why)
{
    return error(errc::invalid_argument, std::string("the return path ") + why)
        .with_hint("give a path of this site, such as /profile");
}

// pchar without the percent sign, and what a query has beside (RFC 3986, sections 3.3 and 3.4).
bool may_stand(char c) noexcept
{
    return text::is_letter_or_digit(c) || std::string_view("-._~!$&'()*+,;=:@/?").find(c) != std::string_view::npos;
}

// Some decode before they split the path, some twice.
bool is_harmless_when_decoded(int octet) noexcept
{
    return octet > 0x20 && octet != 0x7f && octet != '/' && octet != '\\' && octet != '.' && octet != '%' &&
           octet != '?' && octet != '#';
}

bool has_dot_segment(std::string_view path) noexcept
{
    while (!path.empty()) {
        path.remove_prefix(1);
        const auto segment = path.substr(0, path.find('/'));
        if (segment == "." || segment == "..")
            return true;
        path.remove_prefix(segment.size());
    }
    return false;
}

} // namespace

result<return_path> return_path::parse(std::string_view text)
{
    if (text.size() > max_size)
        return refused("is too long");
    if (!text.starts_with('/'))
        return refused("does not begin with a slash");
    const auto path = text.substr(0, text.find('?'));
    if (path.find("//") != std::string_view::npos)
        return refused("has two slashes in a row");
    if (has_dot_segment(path))
        return refused("has a dot segment");
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            if (!may_stand(text[i]))
                return refused("has a character that may not stand in a path");
            continue;
        }
        const int high = i + 2 < text.size() ? text::hex_value(text[i + 1]) : -1;
        const int low = high < 0 ? -1 : text::hex_value(text[i + 2]);
        if (low < 0)
            return refused("has a % that no two hex digits follow");
        if (i < path.size() && !is_harmless_when_decoded(high * 16 + low))
            return refused("has an encoded character that may be read as another path");
        i += 2;
    }
    return return_path(text);
}

} // namespace coauth::site
