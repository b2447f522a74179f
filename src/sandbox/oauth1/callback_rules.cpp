#include "sandbox/oauth1/callback_rules.hpp"

#include <coauth/oauth1/target.hpp>
#include <coauth/text/ascii.hpp>

#include <boost/url/parse.hpp>

#include <algorithm>
#include <array>

namespace coauth::sandbox {

namespace {

// What X forbids, and what a browser would run or read from the user's machine.
constexpr std::array<std::string_view, 22> forbidden_schemes = {
    "about",
    "blob",
    "chrome",
    "data",
    "file",
    "filesystem",
    "ftp",
    "imap",
    "intent",
    "javascript",
    "ldap",
    "mailto",
    "mk",
    "mms",
    "news",
    "nntp",
    "rtsp",
    "sip",
    "telnet",
    "vbscript",
    "view-source",
    "ws",
};

std::string lower_scheme(std::string_view url)
{
    return text::lowered(url.substr(0, url.find(':')));
}

bool is_acceptable_url(std::string_view callback)
{
    constexpr std::size_t longest = 1024;
    if (callback.size() > longest || callback.find('#') != std::string_view::npos)
        return false;
    const auto scheme = lower_scheme(callback);
    if (scheme == "http" || scheme == "https")
        return oauth1::split_target(callback).has_value();
    const auto parsed = boost::urls::parse_uri({callback.data(), callback.size()});
    if (!parsed || parsed->has_userinfo())
        return false;
    return std::find(forbidden_schemes.begin(), forbidden_schemes.end(), scheme) == forbidden_schemes.end();
}

} // namespace

callback_verdict judge_callback(std::string_view callback, const std::optional<std::vector<std::string>>& registered)
{
    if (callback == "oob")
        return callback_verdict::accepted;
    if (registered && registered->empty())
        return callback_verdict::only_oob;
    if (!is_acceptable_url(callback))
        return callback_verdict::not_approved;
    if (registered && std::find(registered->begin(), registered->end(), callback) == registered->end())
        return callback_verdict::not_approved;
    return callback_verdict::accepted;
}

std::string append_query(std::string_view callback, std::string_view encoded)
{
    std::string url(callback);
    const auto mark = url.find('?');
    if (mark == std::string::npos)
        url += '?';
    else if (mark + 1 != url.size() && url.back() != '&')
        url += '&';
    return url.append(encoded);
}

std::string scheme_source(std::string_view callback)
{
    return lower_scheme(callback) + ':';
}

} // namespace coauth::sandbox
