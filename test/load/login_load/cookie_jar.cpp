#include "login_load/cookie_jar.hpp"

#include <boost/beast/core/string.hpp>

#include <algorithm>
#include <utility>

namespace login_load {

namespace {

std::string_view trimmed(std::string_view text)
{
    const auto begin = text.find_first_not_of(" \t");
    return begin == text.npos ? std::string_view() : text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

// Takes what is before the next `mark`, and the mark.
std::string_view take_until(std::string_view& text, char mark)
{
    const auto end = std::min(text.find(mark), text.size());
    const auto taken = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return trimmed(taken);
}

bool is_over(std::string_view attribute)
{
    const auto name = take_until(attribute, '=');
    const auto value = trimmed(attribute);
    return boost::beast::iequals(boost::beast::string_view(name.data(), name.size()), "max-age") &&
           (value.starts_with('-') || value == "0");
}

} // namespace

void cookie_jar::take(std::string_view set_cookie)
{
    auto pair = take_until(set_cookie, ';');
    const std::string name(take_until(pair, '='));
    bool over = false;
    while (!set_cookie.empty())
        over = is_over(take_until(set_cookie, ';')) || over;
    if (over)
        values_.erase(name);
    else
        values_[name] = std::string(pair);
}

std::string cookie_jar::header() const
{
    std::string text;
    for (const auto& [name, value] : values_)
        text.append(text.empty() ? "" : "; ").append(name).append("=").append(value);
    return text;
}

} // namespace login_load
