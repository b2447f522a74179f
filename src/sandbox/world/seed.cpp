#include "sandbox/world/seed.hpp"

#include "sandbox/strict_json.hpp"
#include "sandbox/world/seed_clients.hpp"
#include "sandbox/x/dates.hpp"

#include <coauth/text/ascii.hpp>

#include <boost/json/array.hpp>

#include <algorithm>
#include <map>

namespace coauth::sandbox {

namespace json = boost::json;

namespace {

// What a user who set no time gets: 2026-01-01.
constexpr std::chrono::sys_seconds no_time_given{std::chrono::seconds(1'767'225'600)};

template <class Read>
void each(const json_object& seed, std::string_view list, Read read)
{
    const auto* value = seed.find(list);
    if (!value)
        return;
    const auto* array = value->if_array();
    if (!array)
        seed.refuse(list, "must be a list");
    for (std::size_t i = 0; i < array->size(); ++i)
        read((*array)[i], "seed: " + std::string(list) + '[' + std::to_string(i) + ']');
}

bool is_username(std::string_view text)
{
    return !text.empty() && text.size() <= 15 &&
           std::all_of(text.begin(), text.end(), [](char c) { return text::is_letter_or_digit(c) || c == '_'; });
}

bool is_credential(std::string_view text)
{
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

std::string credential(const json_object& object, std::string_view name)
{
    auto text = object.text(name);
    if (!is_credential(text))
        object.refuse(name, "must be printable ASCII without white space");
    return text;
}

app read_app(const json::value& value, std::string path)
{
    const json_object o(value, std::move(path));
    o.allow_only({"key", "secret", "name", "callbacks", "rsa_public_key"});
    app a;
    a.key = credential(o, "key");
    a.secret = secret(o.text("secret", ""));
    a.name = o.text("name", a.key);
    a.rsa_public_key = o.text("rsa_public_key", "");
    if (const auto* callbacks = o.find("callbacks")) {
        const auto* list = callbacks->if_array();
        if (!list)
            o.refuse("callbacks", "must be a list of URLs, or null");
        a.callbacks.emplace();
        for (const auto& url : *list) {
            if (!url.is_string())
                o.refuse("callbacks", "must hold texts only");
            a.callbacks->emplace_back(url.get_string().data(), url.get_string().size());
        }
    }
    return a;
}

user read_user(const json::value& value, std::string path)
{
    const json_object o(value, std::move(path));
    o.allow_only({"id", "username", "name", "picture", "description", "location", "url", "email", "email_verified",
        "locale", "protected", "verified", "suspended", "followers_count", "following_count", "created_at"});
    user p;
    p.id = o.id("id");
    p.username = o.text("username");
    if (!is_username(p.username))
        o.refuse("username", "must be 1 to 15 of A-Z a-z 0-9 _");
    p.name = o.text("name", p.username);
    p.picture = o.text("picture", "");
    p.description = o.text("description", "");
    p.location = o.text("location", "");
    p.url = o.text("url", "");
    p.email = o.text("email", "");
    p.email_verified = o.flag("email_verified", true);
    p.locale = o.text("locale", "");
    p.is_protected = o.flag("protected", false);
    p.verified = o.flag("verified", false);
    p.suspended = o.flag("suspended", false);
    p.followers_count = o.number("followers_count", -1, 0);
    p.following_count = o.number("following_count", -1, 0);
    p.created_at = no_time_given;
    if (o.has("created_at")) {
        const auto when = parse_iso8601(o.text("created_at"));
        if (!when)
            o.refuse("created_at", "must be a time such as \"2026-01-31T12:00:00Z\"");
        p.created_at = *when;
    }
    return p;
}

std::uint64_t known_user(const json_object& o, std::string_view name, const world& w)
{
    const auto id = o.id(name);
    if (!w.user_by_id(id))
        o.refuse(name, "is the id of no user");
    return id;
}

std::string known_app(const json_object& o, const world& w)
{
    const auto key = o.text("consumer_key", "");
    if (!key.empty() && !w.find_app(key))
        o.refuse("consumer_key", "is the key of no consumer");
    return key;
}

using edges = std::vector<std::pair<std::uint64_t, std::uint64_t>>;

edges read_follows(const json_object& seed)
{
    edges list;
    each(seed, "follows", [&](const json::value& value, const std::string& path) {
        const auto* pair = value.if_array();
        if (!pair || pair->size() != 2)
            throw error(errc::invalid_argument, path + " must be [follower id, followed id]");
        list.emplace_back(json_id((*pair)[0], path + "[0]"), json_id((*pair)[1], path + "[1]"));
    });
    return list;
}

// Counts that the seed does not give are the true ones.
void count_follows(std::vector<user>& users, const edges& follows)
{
    std::map<std::uint64_t, std::int64_t> followers, following;
    for (const auto& [follower, followed] : follows) {
        ++following[follower];
        ++followers[followed];
    }
    for (auto& p : users) {
        if (p.followers_count < 0)
            p.followers_count = followers[p.id];
        if (p.following_count < 0)
            p.following_count = following[p.id];
    }
}

tweet read_tweet(const json::value& value, std::string path, const world& w)
{
    const json_object o(value, std::move(path));
    o.allow_only({"id", "user_id", "text", "created_at"});
    tweet t;
    t.id = o.id("id");
    t.author = known_user(o, "user_id", w);
    t.text = o.text("text", "");
    t.created_at = no_time_given;
    if (o.has("created_at")) {
        const auto when = parse_iso8601(o.text("created_at"));
        if (!when)
            o.refuse("created_at", "must be a time such as \"2026-01-31T12:00:00Z\"");
        t.created_at = *when;
    }
    return t;
}

} // namespace

void apply_seed(std::string_view text, world& w)
{
    const auto value = parse_json(text, "the seed");
    const json_object seed(value, "seed:");
    seed.allow_only({"consumers", "oauth2_clients", "users", "access_tokens", "bearer_tokens", "tweets", "follows"});
    const auto* default_app = w.first_app();

    each(seed, "consumers", [&](const json::value& v, const std::string& path) { w.add_app(read_app(v, path)); });

    each(seed, "oauth2_clients",
        [&](const json::value& v, const std::string& path) { w.clients().add(read_client(v, path)); });

    const auto follows = read_follows(seed);
    std::vector<user> users;
    each(seed, "users", [&](const json::value& v, const std::string& path) { users.push_back(read_user(v, path)); });
    count_follows(users, follows);
    for (std::size_t i = 0; i < users.size(); ++i)
        if (!w.add_user(users[i]))
            throw error(
                errc::invalid_argument, "seed: users[" + std::to_string(i) + "] has the id or username of another");

    for (const auto& [follower, followed] : follows) {
        for (const auto id : {follower, followed})
            if (!w.user_by_id(id))
                throw error(errc::invalid_argument,
                    "seed: follows names " + std::to_string(id) + ", which is the id of no user");
        w.add_follow(follower, followed);
    }

    each(seed, "access_tokens", [&](const json::value& v, const std::string& path) {
        const json_object o(v, path);
        o.allow_only({"token", "secret", "user_id", "consumer_key"});
        grant g;
        g.token = credential(o, "token");
        g.secret = secret(o.text("secret", ""));
        g.user = o.has("user_id") ? known_user(o, "user_id", w) : w.first_users(1).front().id;
        g.consumer_key = known_app(o, w);
        if (g.consumer_key.empty())
            g.consumer_key = default_app->key;
        if (!w.add_grant(std::move(g)))
            o.refuse("token", "is there twice");
    });

    each(seed, "bearer_tokens", [&](const json::value& v, const std::string& path) {
        const json_object o(v, path);
        o.allow_only({"token", "consumer_key"});
        auto token = credential(o, "token");
        auto key = known_app(o, w);
        w.add_bearer(std::move(token), key.empty() ? default_app->key : std::move(key));
    });

    each(seed, "tweets", [&](const json::value& v, const std::string& path) {
        if (!w.add_tweet(read_tweet(v, path, w)))
            throw error(errc::invalid_argument, path + " has the id of another tweet");
    });
}

} // namespace coauth::sandbox
