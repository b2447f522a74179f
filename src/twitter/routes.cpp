#include "twitter/routes.hpp"

#include "twitter/names.hpp"

#include <coauth/oauth1/parameters.hpp>
#include <coauth/text/ascii.hpp>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <cstddef>
#include <string>
#include <unordered_set>
#include <utility>

namespace coauth::twitter::routes {

namespace {

// What a `profile` is made of.
constexpr const char* user_fields =
    "created_at,description,entities,id,location,name,profile_image_url,protected,public_metrics,url,username,verified";
constexpr const char* tweet_fields = "author_id,created_at";

bool is_v2(api_version api)
{
    return api == api_version::v2;
}

api_call get(std::string path)
{
    return api_call("GET", std::move(path));
}

api_call post(std::string path)
{
    return api_call("POST", std::move(path));
}

void add(api_call& call, std::string_view name, std::string_view value)
{
    if (!value.empty())
        call.query.emplace_back(name, value);
}

void add_page(api_call& call, const page_options& options, std::string_view count_name, std::string_view token_name)
{
    if (options.count != 0)
        add(call, count_name, std::to_string(options.count));
    add(call, token_name, options.token);
    add(call, "since_id", options.since_id);
}

// The ids or names with commas between them.
std::string joined(const std::vector<user_ref>& users)
{
    std::unordered_set<std::string> seen;
    std::string list;
    for (const user_ref& user : users) {
        if (!seen.insert(text::lowered(user.text())).second)
            continue;
        if (!list.empty())
            list += ',';
        list += user.text();
    }
    return list;
}

std::string user_path(std::string_view user_id, std::string_view subpath)
{
    return "/2/users/" + std::string(user_id) + std::string(subpath);
}

} // namespace

api_call me(api_version api, std::string_view user_id, std::string_view username, bool want_email)
{
    if (is_v2(api)) {
        api_call call = get("/2/users/me");
        add(call, "user.fields", want_email ? "confirmed_email," + std::string(user_fields) : std::string(user_fields));
        return call;
    }
    // Only verify_credentials gives the address; users/show works for more apps.
    if (want_email || (user_id.empty() && username.empty())) {
        api_call call = get("/1.1/account/verify_credentials.json");
        add(call, "skip_status", "true");
        if (want_email)
            add(call, "include_email", "true");
        return call;
    }
    api_call call = get("/1.1/users/show.json");
    add(call, "screen_name", username);
    add(call, "user_id", user_id);
    return call;
}

api_call profile(api_version api, const user_ref& user)
{
    if (is_v2(api)) {
        api_call call = get((user.is_id() ? "/2/users/" : "/2/users/by/username/") + user.text());
        add(call, "user.fields", user_fields);
        return call;
    }
    api_call call = get("/1.1/users/show.json");
    add(call, user.is_id() ? "user_id" : "screen_name", user.text());
    return call;
}

api_call profiles(api_version api, const std::vector<user_ref>& users)
{
    const bool by_id = users.front().is_id();
    if (is_v2(api)) {
        api_call call = get(by_id ? "/2/users" : "/2/users/by");
        add(call, by_id ? "ids" : "usernames", joined(users));
        add(call, "user.fields", user_fields);
        return call;
    }
    api_call call = get("/1.1/users/lookup.json");
    add(call, by_id ? "user_id" : "screen_name", joined(users));
    return call;
}

api_call tweets(api_version api, std::string_view user_id, const page_options& options)
{
    if (is_v2(api)) {
        api_call call = get(user_path(user_id, "/tweets"));
        add(call, "tweet.fields", tweet_fields);
        add_page(call, options, "max_results", "pagination_token");
        return call;
    }
    api_call call = get("/1.1/statuses/user_timeline.json");
    add(call, "user_id", user_id);
    add(call, "tweet_mode", "extended");
    add_page(call, options, "count", "max_id");
    return call;
}

api_call mentions(api_version api, std::string_view user_id, const page_options& options)
{
    if (is_v2(api)) {
        api_call call = get(user_path(user_id, "/mentions"));
        add(call, "expansions", "author_id");
        add(call, "tweet.fields", tweet_fields);
        add(call, "user.fields", "id,username");
        add_page(call, options, "max_results", "pagination_token");
        return call;
    }
    api_call call = get("/1.1/statuses/mentions_timeline.json");
    add(call, "tweet_mode", "extended");
    add_page(call, options, "count", "max_id");
    return call;
}

api_call followers(api_version api, std::string_view user_id, const page_options& options)
{
    if (is_v2(api)) {
        api_call call = get(user_path(user_id, "/followers"));
        add(call, "user.fields", user_fields);
        add_page(call, options, "max_results", "pagination_token");
        return call;
    }
    api_call call = get("/1.1/followers/list.json");
    add(call, "user_id", user_id);
    add(call, "skip_status", "true");
    page_options with_cursor = options;
    if (with_cursor.token.empty())
        with_cursor.token = "-1"; // the first page
    add_page(call, with_cursor, "count", "cursor");
    return call;
}

api_call post_tweet(api_version api, std::string_view text, std::string_view reply_to)
{
    if (is_v2(api)) {
        boost::json::object body;
        body["text"] = boost::json::string_view(text.data(), text.size());
        if (!reply_to.empty()) {
            boost::json::object reply;
            reply["in_reply_to_tweet_id"] = boost::json::string_view(reply_to.data(), reply_to.size());
            body["reply"] = std::move(reply);
        }
        api_call call = post("/2/tweets");
        call.json = boost::json::serialize(body);
        return call;
    }
    api_call call = post("/1.1/statuses/update.json");
    call.form.emplace_back("status", text);
    call.form.emplace_back("tweet_mode", "extended");
    if (!reply_to.empty()) {
        call.form.emplace_back("in_reply_to_status_id", reply_to);
        call.form.emplace_back("auto_populate_reply_metadata", "true");
    }
    return call;
}

api_call delete_tweet(api_version api, std::string_view id)
{
    if (is_v2(api))
        return api_call("DELETE", "/2/tweets/" + std::string(id));
    return post("/1.1/statuses/destroy/" + std::string(id) + ".json");
}

http::request request_of(const http::base_url& api, api_call call)
{
    constexpr std::size_t usual_query = 64;
    http::request request;
    request.origin = api.origin;
    request.method = text::uppered(call.method);
    request.target.clear();
    request.target.reserve(api.path.size() + call.path.size() + (call.query.empty() ? 0 : usual_query));
    request.target.append(api.path).append(call.path);
    if (!call.query.empty()) {
        request.target += '?';
        oauth1::encode_form(call.query, request.target);
    }
    if (!call.form.empty()) {
        request.headers.add("Content-Type", "application/x-www-form-urlencoded");
        request.body = oauth1::encode_form(call.form);
    } else if (!call.json.empty()) {
        request.headers.add("Content-Type", "application/json");
        request.body = std::move(call.json);
    }
    return request;
}

} // namespace coauth::twitter::routes
