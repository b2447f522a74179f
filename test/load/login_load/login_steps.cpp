#include "login_load/login_steps.hpp"

#include <stdexcept>
#include <utility>

namespace login_load {

namespace {

bool redirects(const response& a)
{
    return (a.status == 302 || a.status == 303) && !a.location.empty();
}

// The value of the input `name`, or empty.
std::string_view input_value(std::string_view html, std::string_view name)
{
    const auto at = html.find("name=\"" + std::string(name) + '"');
    if (at == html.npos)
        return {};
    const auto begin = html.rfind('<', at);
    return between(html.substr(begin, html.find('>', at) - begin), "value=\"", "\"");
}

} // namespace

std::string_view between(std::string_view text, std::string_view open, std::string_view close)
{
    const auto begin = text.find(open);
    if (begin == text.npos)
        return {};
    const auto inside = text.substr(begin + open.size());
    return inside.substr(0, inside.find(close));
}

login_steps::login_steps(origin site, std::string username) : site_(std::move(site)), username_(std::move(username))
{
    next_.server = site_;
}

verdict login_steps::take(const response& a)
{
    if (a.status >= 400)
        return verdict::refused;
    switch (at_) {
    case page::front:
        // A try before this one may have got as far as that.
        if (a.body.find("id=\"account\"") != a.body.npos)
            return judge(a);
        if (a.status != 200 || a.body.find("action=\"/login\"") == a.body.npos)
            return verdict::odd;
        open(page::button, "/login");
        next_.method = "POST";
        return verdict::pending;
    case page::button:
        return redirects(a) ? open(page::consent, a.location) : verdict::odd;
    case page::consent:
        return a.status == 200 ? decide(a) : verdict::odd;
    case page::decision:
        return redirects(a) ? open(page::callback, a.location) : verdict::odd;
    case page::callback:
        return redirects(a) ? open(page::profile, a.location) : verdict::odd;
    case page::profile:
        return judge(a);
    }
    return verdict::odd;
}

verdict login_steps::open(page at, std::string_view url)
{
    location to;
    try {
        to = read_location(url, next_.server);
    } catch (const std::exception&) {
        return verdict::odd;
    }
    // Only the consent page is on another server.
    if ((at == page::consent) == (to.server == site_))
        return verdict::odd;
    at_ = at;
    next_ = request();
    next_.server = std::move(to.server);
    next_.target = std::move(to.target);
    return verdict::pending;
}

verdict login_steps::decide(const response& a)
{
    const auto token = input_value(a.body, "oauth_token");
    const auto action = between(a.body, "<form method=\"post\" action=\"", "\"");
    if (token.empty() || !action.starts_with('/'))
        return verdict::odd;
    at_ = page::decision;
    next_.method = "POST";
    next_.target = std::string(action);
    next_.form = "oauth_token=" + std::string(token) + "&user=" + username_ + "&allow=1";
    return verdict::pending;
}

verdict login_steps::judge(const response& a) const
{
    const auto account = between(a.body, "<b id=\"account\">", "</b>");
    if (a.status != 200 || account.empty())
        return verdict::odd;
    // The field may be empty, where the provider could not be asked.
    const auto username = input_value(a.body, "username");
    const bool own_field = username.empty() || username == username_;
    return account == '@' + username_ && own_field ? verdict::granted : verdict::wrong;
}

} // namespace login_load
