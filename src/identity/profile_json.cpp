#include <coauth/identity/profile_json.hpp>
#include <coauth/text/date_time.hpp>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <optional>

namespace coauth {

namespace {

namespace json = boost::json;

template <class T>
json::value or_null(const std::optional<T>& value)
{
    return value ? json::value(*value) : json::value(nullptr);
}

json::value text_or_null(const std::string& value)
{
    return value.empty() ? json::value(nullptr) : json::value(value);
}

} // namespace

std::string to_json(const profile& user)
{
    json::object o;
    o["provider"] = text_or_null(user.provider);
    o["id"] = user.id;
    o["username"] = text_or_null(user.username);
    o["name"] = user.name;
    o["picture"] = or_null(user.picture);
    o["description"] = or_null(user.description);
    o["location"] = or_null(user.location);
    o["url"] = or_null(user.url);
    o["email"] = or_null(user.email);
    o["email_verified"] = or_null(user.email_verified);
    o["protected"] = or_null(user.is_protected);
    o["verified"] = or_null(user.verified);
    o["followers_count"] = or_null(user.followers_count);
    o["following_count"] = or_null(user.following_count);
    o["tweet_count"] = or_null(user.tweet_count);
    o["created_at"] = user.created_at ? json::value(text::date_time(*user.created_at)) : json::value(nullptr);
    return json::serialize(o);
}

} // namespace coauth
