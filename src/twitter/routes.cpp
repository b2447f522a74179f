#include "twitter/routes.hpp"

#include "twitter/names.hpp"

#include <coauth/error.hpp>
#include <coauth/oauth1/target.hpp>
#include <coauth/text/ascii.hpp>
#include <coauth/text/percent_encoding.hpp>
#include <coauth/text/utf8.hpp>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <unordered_set>

namespace coauth::twitter {

namespace {

// What a `profile` is made of.
constexpr std::string_view user_fields =
    "created_at,description,entities,id,location,name,profile_image_url,protected,public_metrics,url,username,verified";
constexpr std::string_view tweet_fields = "author_id,created_at";

constexpr std::string_view form_type = "application/x-www-form-urlencoded";
constexpr std::string_view json_type = "application/json";

[[noreturn]] void refuse(std::string message)
{
    throw error(errc::invalid_argument, std::move(message));
}

void require_user(const user_ref& user)
{
    if (std::string objection = objection_to(user); !objection.empty())
        refuse(std::move(objection));
}

void require_users(const std::vector<user_ref>& users)
{
    constexpr std::size_t most = 100;
    if (users.empty() || users.size() > most)
        refuse("at most 100 users can be looked up at once, and at least one");
    std::for_each(users.begin(), users.end(), require_user);
    const auto same_kind = [&users](const user_ref& user) { return user.is_id() == users.front().is_id(); };
    if (!std::all_of(users.begin(), users.end(), same_kind))
        refuse("users are looked up all by id or all by user name");
}

// `name`: what the message calls it.
void require_id(std::string_view id, std::string_view name)
{
    if (!is_id(id))
        refuse(std::string(name) + " must have 1 to 19 digits and no zero in front");
}

void require_count(const page_options& options, int first, int last)
{
    if (options.count != 0 && (options.count < first || options.count > last))
        refuse("a page has " + std::to_string(first) + " to " + std::to_string(last) + " entries here");
}

// API 1.1 counts: a `max_id` or a cursor. API 2's are opaque.
void require_token(api_version api, std::string_view token)
{
    constexpr std::size_t longest = 512;
    const bool is_token = api == api_version::v1_1
                              ? is_id(token)
                              : token.size() <= longest &&
                                    std::all_of(token.begin(), token.end(), [](char c) { return c > ' ' && c < 0x7f; });
    if (!token.empty() && !is_token)
        refuse("the page token is not one of this API's");
}

void require_timeline(api_version api, std::string_view user_id, const page_options& options)
{
    require_id(user_id, "the user's id");
    api == api_version::v2 ? require_count(options, 5, 100) : require_count(options, 1, 200);
    require_token(api, options.token);
    if (!options.since_id.empty())
        require_id(options.since_id, "since_id");
}

void add(http::request& request, std::string_view name, std::string_view value)
{
    if (value.empty())
        return;
    request.target += request.target.find('?') == std::string::npos ? '?' : '&';
    text::percent_encode(name, request.target);
    request.target += '=';
    text::percent_encode(value, request.target);
}

http::request with_page(
    http::request request, const page_options& options, std::string_view count_name, std::string_view token_name)
{
    add(request, count_name, options.count == 0 ? std::string() : std::to_string(options.count));
    add(request, token_name, options.token);
    add(request, "since_id", options.since_id);
    return request;
}

http::request with_body(http::request request, std::string_view type, std::string body)
{
    request.headers.add("Content-Type", type);
    request.body = std::move(body);
    return request;
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

} // namespace

http::request routes::request(std::string_view method, pieces path, named_values query) const
{
    std::size_t size = base_.path.size();
    for (const std::string_view piece : path)
        size += piece.size();
    for (const auto& [name, value] : query)
        size += name.size() + value.size() + value.size() / 4 + 2; // some of a value's characters are encoded
    http::request made;
    made.origin = base_.origin;
    made.method = method;
    made.target.reserve(size);
    made.target = base_.path;
    for (const std::string_view piece : path)
        made.target += piece;
    for (const auto& [name, value] : query)
        add(made, name, value);
    return made;
}

http::request routes::me(std::string_view user_id, std::string_view username, bool want_email) const
{
    if (is_v2())
        return get(
            {"/2/users/me"}, {{"user.fields", (want_email ? "confirmed_email," : "") + std::string(user_fields)}});
    // Only verify_credentials gives the address; users/show works for more apps.
    if (want_email || (user_id.empty() && username.empty()))
        return get({"/1.1/account/verify_credentials.json"},
            {{"skip_status", "true"}, {"include_email", want_email ? "true" : ""}});
    return get({"/1.1/users/show.json"}, {{"screen_name", username}, {"user_id", user_id}});
}

http::request routes::profile(const user_ref& user) const
{
    require_user(user);
    if (is_v2())
        return get({user.is_id() ? "/2/users/" : "/2/users/by/username/", user.text()}, {{"user.fields", user_fields}});
    return get({"/1.1/users/show.json"}, {{user.is_id() ? "user_id" : "screen_name", user.text()}});
}

http::request routes::profiles(const std::vector<user_ref>& users) const
{
    require_users(users);
    const bool by_id = users.front().is_id();
    if (is_v2())
        return get({by_id ? "/2/users" : "/2/users/by"},
            {{by_id ? "ids" : "usernames", joined(users)}, {"user.fields", user_fields}});
    return get({"/1.1/users/lookup.json"}, {{by_id ? "user_id" : "screen_name", joined(users)}});
}

http::request routes::tweets(std::string_view user_id, const page_options& options) const
{
    require_timeline(version_, user_id, options);
    if (is_v2())
        return with_page(get({"/2/users/", user_id, "/tweets"}, {{"tweet.fields", tweet_fields}}), options,
            "max_results", "pagination_token");
    return with_page(get({"/1.1/statuses/user_timeline.json"}, {{"user_id", user_id}, {"tweet_mode", "extended"}}),
        options, "count", "max_id");
}

http::request routes::mentions(std::string_view user_id, const page_options& options) const
{
    require_timeline(version_, user_id, options);
    if (is_v2())
        return with_page(
            get({"/2/users/", user_id, "/mentions"},
                {{"expansions", "author_id"}, {"tweet.fields", tweet_fields}, {"user.fields", "id,username"}}),
            options, "max_results", "pagination_token");
    return with_page(
        get({"/1.1/statuses/mentions_timeline.json"}, {{"tweet_mode", "extended"}}), options, "count", "max_id");
}

http::request routes::followers(std::string_view user_id, const page_options& options) const
{
    require_id(user_id, "the user's id");
    require_count(options, 1, is_v2() ? 1000 : 200);
    require_token(version_, options.token);
    if (!options.since_id.empty())
        refuse("followers have no since_id");
    if (is_v2())
        return with_page(get({"/2/users/", user_id, "/followers"}, {{"user.fields", user_fields}}), options,
            "max_results", "pagination_token");
    page_options with_cursor = options;
    if (with_cursor.token.empty())
        with_cursor.token = "-1"; // the first page
    return with_page(get({"/1.1/followers/list.json"}, {{"user_id", user_id}, {"skip_status", "true"}}), with_cursor,
        "count", "cursor");
}

http::request routes::post_tweet(std::string_view text, std::string_view reply_to) const
{
    if (text.empty())
        refuse("the text is empty");
    if (!text::is_utf8(text))
        refuse("the text is not UTF-8");
    if (!reply_to.empty())
        require_id(reply_to, "the id of the tweet answered");
    if (is_v2()) {
        boost::json::object body;
        body["text"] = boost::json::string_view(text.data(), text.size());
        if (!reply_to.empty()) {
            boost::json::object reply;
            reply["in_reply_to_tweet_id"] = boost::json::string_view(reply_to.data(), reply_to.size());
            body["reply"] = std::move(reply);
        }
        return with_body(request("POST", {"/2/tweets"}), json_type, boost::json::serialize(body));
    }
    oauth1::parameters form;
    form.emplace_back("status", text);
    form.emplace_back("tweet_mode", "extended");
    if (!reply_to.empty()) {
        form.emplace_back("in_reply_to_status_id", reply_to);
        form.emplace_back("auto_populate_reply_metadata", "true");
    }
    return post("/1.1/statuses/update.json", form);
}

http::request routes::delete_tweet(std::string_view id) const
{
    require_id(id, "the tweet's id");
    if (is_v2())
        return request("DELETE", {"/2/tweets/", id});
    return request("POST", {"/1.1/statuses/destroy/", id, ".json"});
}

http::request routes::post(std::string_view path, const oauth1::parameters& form) const
{
    http::request made = request("POST", {path});
    if (!form.empty())
        return with_body(std::move(made), form_type, oauth1::encode_form(form));
    return made;
}

http::request routes::any(const api_call& call) const
{
    if (!call.path.starts_with('/') || call.path.find_first_of("?#") != std::string::npos)
        refuse("the path must begin with a slash and have no query of its own");
    // The host is of no importance here; the path is checked as the signer will see it.
    if (!oauth1::split_target("https://host" + call.path))
        refuse("the path must be percent-encoded");
    if (!call.form.empty() && !call.json.empty())
        refuse("a call has a form or JSON, not both");
    http::request made = request(call.method, {call.path});
    if (!call.query.empty()) {
        made.target += '?';
        oauth1::encode_form(call.query, made.target);
    }
    if (!call.form.empty())
        return with_body(std::move(made), form_type, oauth1::encode_form(call.form));
    if (!call.json.empty())
        return with_body(std::move(made), json_type, call.json);
    return made;
}

} // namespace coauth::twitter
