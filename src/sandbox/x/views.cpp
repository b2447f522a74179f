#include "sandbox/x/views.hpp"

#include "sandbox/x/dates.hpp"

#include <boost/json/array.hpp>

namespace coauth::sandbox {

namespace json = boost::json;

std::string absolute_url(std::string_view url, std::string_view base_url)
{
    return url.starts_with('/') ? std::string(base_url).append(url) : std::string(url);
}

void put_or_null(json::object& into, std::string_view name, const std::string& text)
{
    auto& value = into[json::string_view(name.data(), name.size())];
    if (text.empty())
        value = nullptr;
    else
        value = text;
}

json::object v1_1_user(const user& p, std::string_view base_url)
{
    const auto picture = absolute_url(p.picture, base_url);
    json::object u;
    u["id"] = p.id;
    u["id_str"] = std::to_string(p.id);
    u["name"] = p.name;
    u["screen_name"] = p.username;
    u["location"] = p.location;
    u["description"] = p.description;
    put_or_null(u, "url", p.url);
    u["entities"] = json::object();
    u["protected"] = p.is_protected;
    u["followers_count"] = p.followers_count;
    u["friends_count"] = p.following_count;
    u["listed_count"] = 0;
    u["created_at"] = api_1_1_date(p.created_at);
    u["favourites_count"] = 0;
    u["utc_offset"] = nullptr;
    u["time_zone"] = nullptr;
    u["geo_enabled"] = false;
    u["verified"] = p.verified;
    u["statuses_count"] = p.tweet_count;
    u["lang"] = nullptr;
    u["contributors_enabled"] = false;
    u["is_translator"] = false;
    put_or_null(u, "profile_image_url", picture);
    put_or_null(u, "profile_image_url_https", picture);
    u["default_profile"] = true;
    u["default_profile_image"] = picture.empty();
    return u;
}

json::object v1_1_tweet(const tweet& t, const world& w, std::string_view base_url, bool trim, bool extended)
{
    json::object o;
    o["created_at"] = api_1_1_date(t.created_at);
    o["id"] = t.id;
    o["id_str"] = std::to_string(t.id);
    o[extended ? "full_text" : "text"] = t.text;
    o["truncated"] = false;
    o["entities"] = json::object();
    o["source"] = "coauth-sandbox";

    const auto parent = t.reply_to != 0 ? w.tweet_by_id(t.reply_to) : std::nullopt;
    const auto parent_author = parent ? w.user_by_id(parent->author) : std::nullopt;
    for (const auto* name : {"in_reply_to_status_id", "in_reply_to_status_id_str", "in_reply_to_user_id",
             "in_reply_to_user_id_str", "in_reply_to_screen_name"})
        o[name] = nullptr;
    if (parent_author) {
        o["in_reply_to_status_id"] = t.reply_to;
        o["in_reply_to_status_id_str"] = std::to_string(t.reply_to);
        o["in_reply_to_user_id"] = parent_author->id;
        o["in_reply_to_user_id_str"] = std::to_string(parent_author->id);
        o["in_reply_to_screen_name"] = parent_author->username;
    }

    json::object author;
    author["id"] = t.author;
    author["id_str"] = std::to_string(t.author);
    if (const auto p = trim ? std::nullopt : w.user_by_id(t.author))
        author = v1_1_user(*p, base_url);
    o["user"] = std::move(author);
    o["geo"] = nullptr;
    o["coordinates"] = nullptr;
    o["place"] = nullptr;
    o["is_quote_status"] = false;
    o["retweet_count"] = 0;
    o["favorite_count"] = 0;
    o["favorited"] = false;
    o["retweeted"] = false;
    o["lang"] = "en";
    return o;
}

json::object v2_user(const user& p, const std::set<std::string>& fields, std::string_view base_url)
{
    json::object u;
    u["id"] = std::to_string(p.id);
    u["name"] = p.name;
    u["username"] = p.username;
    const auto wanted = [&](const char* name) { return fields.contains(name); };
    // API 2 leaves out what is not there; descriptions and URLs come as empty texts.
    if (wanted("created_at"))
        u["created_at"] = iso8601(p.created_at);
    if (wanted("description"))
        u["description"] = p.description;
    if (wanted("location") && !p.location.empty())
        u["location"] = p.location;
    if (wanted("profile_image_url") && !p.picture.empty())
        u["profile_image_url"] = absolute_url(p.picture, base_url);
    if (wanted("protected"))
        u["protected"] = p.is_protected;
    if (wanted("url"))
        u["url"] = p.url;
    if (wanted("verified"))
        u["verified"] = p.verified;
    if (wanted("verified_type"))
        u["verified_type"] = p.verified ? "blue" : "none";
    if (wanted("public_metrics")) {
        json::object metrics;
        metrics["followers_count"] = p.followers_count;
        metrics["following_count"] = p.following_count;
        metrics["tweet_count"] = p.tweet_count;
        metrics["listed_count"] = 0;
        metrics["like_count"] = 0;
        u["public_metrics"] = std::move(metrics);
    }
    return u;
}

json::object v2_tweet(const tweet& t, const std::set<std::string>& fields, const world& w)
{
    const auto id = std::to_string(t.id);
    json::object o;
    o["id"] = id;
    o["text"] = t.text;
    json::array history;
    history.emplace_back(id);
    o["edit_history_tweet_ids"] = std::move(history);
    const auto wanted = [&](const char* name) { return fields.contains(name); };
    const auto parent = t.reply_to != 0 ? w.tweet_by_id(t.reply_to) : std::nullopt;
    if (wanted("author_id"))
        o["author_id"] = std::to_string(t.author);
    if (wanted("conversation_id"))
        o["conversation_id"] = parent ? std::to_string(parent->id) : id;
    if (wanted("created_at"))
        o["created_at"] = iso8601(t.created_at);
    if (wanted("in_reply_to_user_id") && parent)
        o["in_reply_to_user_id"] = std::to_string(parent->author);
    if (wanted("lang"))
        o["lang"] = "en";
    if (wanted("possibly_sensitive"))
        o["possibly_sensitive"] = false;
    if (wanted("reply_settings"))
        o["reply_settings"] = "everyone";
    if (wanted("referenced_tweets") && t.reply_to != 0) {
        json::object reference;
        reference["type"] = "replied_to";
        reference["id"] = std::to_string(t.reply_to);
        json::array list;
        list.push_back(std::move(reference));
        o["referenced_tweets"] = std::move(list);
    }
    if (wanted("public_metrics")) {
        json::object metrics;
        for (const auto* name :
            {"retweet_count", "reply_count", "like_count", "quote_count", "bookmark_count", "impression_count"})
            metrics[name] = 0;
        o["public_metrics"] = std::move(metrics);
    }
    return o;
}

} // namespace coauth::sandbox
