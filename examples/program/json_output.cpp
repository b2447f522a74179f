#include "program/json_output.hpp"

#include <coauth/identity/profile_json.hpp>
#include <coauth/text/date_time.hpp>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

namespace program {

namespace {

namespace json = boost::json;

template <class T>
json::value or_null(const std::optional<T>& v)
{
    return v ? json::value(*v) : json::value(nullptr);
}

// Names and texts are the provider's: on a terminal a control character could be obeyed.
std::string printable(std::string text)
{
    for (char& c : text)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
            c = ' ';
    return text;
}

} // namespace

json::object profile_json(const coauth::profile& p)
{
    return json::parse(coauth::to_json(p)).as_object();
}

json::object error_json(const coauth::error& e)
{
    json::object o;
    o["code"] = coauth::name(e.reason());
    o["message"] = e.message();
    o["hint"] = or_null(e.hint());
    o["http_status"] = or_null(e.http_status());
    o["provider_code"] = or_null(e.provider_code());
    o["provider_error"] = e.provider_error().empty() ? json::value(nullptr) : json::value(e.provider_error());
    o["retry_after"] = e.retry_after() ? json::value(e.retry_after()->count()) : json::value(nullptr);
    json::object whole;
    whole["error"] = std::move(o);
    return whole;
}

std::string profile_text(const coauth::profile& p)
{
    std::string out = printable(p.name) + (p.username.empty() ? "" : " (@" + printable(p.username) + ')') + '\n';
    const auto line = [&](const char* label, const std::string& text) {
        out += std::string("  ") + label + text + '\n';
    };
    line("id           ", p.id);
    if (p.picture)
        line("picture      ", printable(*p.picture));
    if (p.description)
        line("description  ", printable(*p.description));
    if (p.location)
        line("location     ", printable(*p.location));
    if (p.url)
        line("url          ", printable(*p.url));
    if (p.email)
        line("email        ", printable(*p.email));
    if (p.followers_count)
        line("followers    ", std::to_string(*p.followers_count));
    if (p.following_count)
        line("following    ", std::to_string(*p.following_count));
    if (p.tweet_count)
        line("tweets       ", std::to_string(*p.tweet_count));
    if (p.created_at)
        line("since        ", coauth::text::date_time(*p.created_at));
    return out;
}

} // namespace program
