#include "twitter/read_tweets.hpp"

#include "api/json_members.hpp"
#include "text/json_body.hpp"
#include "twitter/members.hpp"
#include "twitter/names.hpp"
#include "twitter/users_response.hpp"
#include "twitter/v2_response.hpp"

#include <coauth/error.hpp>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace coauth::twitter {

using namespace api;

namespace {

namespace json = boost::json;

using usernames = std::unordered_map<std::string, std::string>;

// API 1.1 has `full_text` when asked for untruncated tweets. Empty is possible: a picture alone.
std::string text_of(const json::object& tweet)
{
    auto text = find_text(tweet, "full_text");
    if (!text)
        text = find_text(tweet, "text");
    return std::move(text).value_or(std::string());
}

// A name to be written to must be exact: repaired, it could be another user's.
std::optional<std::string> author_name(api_version api, const json::object& user)
{
    const auto name = find_raw_text(user, api == api_version::v2 ? "username" : "screen_name");
    return name && is_account_name(*name) ? std::optional(std::string(*name)) : std::nullopt;
}

std::optional<std::string> reply_to_of(api_version api, const json::object& tweet)
{
    if (api == api_version::v1_1) {
        auto id = find_id(tweet, "in_reply_to_status_id_str");
        return id ? id : find_id(tweet, "in_reply_to_status_id");
    }
    if (const json::array* references = find_array(tweet, "referenced_tweets"))
        for (const json::value& reference : *references)
            if (const json::object* object = reference.if_object();
                object && find_raw_text(*object, "type") == "replied_to")
                return find_id(*object, "id");
    return std::nullopt;
}

// Throws if the id cannot be read; an odd member is absent.
tweet tweet_of(api_version api, const json::object& value, const usernames& authors)
{
    tweet t;
    t.id = own_id(value);
    t.text = text_of(value);
    t.created_at = find_time(api, value, "created_at");
    t.reply_to = reply_to_of(api, value);
    if (api == api_version::v2) {
        t.author_id = find_id(value, "author_id");
        if (t.author_id)
            if (const auto author = authors.find(*t.author_id); author != authors.end())
                t.author_username = author->second;
    } else if (const json::object* user = find_object(value, "user")) {
        t.author_id = find_own_id(*user);
        t.author_username = author_name(api, *user);
    }
    return t;
}

usernames authors_in(const v2_response& parts)
{
    usernames names;
    if (const json::array* users = parts.users())
        for (const json::value& user : *users)
            if (const json::object* object = user.if_object())
                if (auto id = find_own_id(*object))
                    if (auto name = author_name(api_version::v2, *object))
                        names.try_emplace(*std::move(id), *std::move(name));
    return names;
}

std::uint64_t number(const std::string& id)
{
    std::uint64_t value = 0;
    std::from_chars(id.data(), id.data() + id.size(), value);
    return value;
}

template <class T>
std::optional<std::string> extreme_id(const std::vector<T>& items, bool newest)
{
    std::optional<std::string> found;
    for (const T& item : items)
        if (!found || (number(item.id) > number(*found)) == newest)
            found = item.id;
    return found;
}

// A list of API 2 may come without `data` when it is empty; `meta` is then there still.
const json::array* list_in(const v2_response& parts)
{
    if (const json::value* data = parts.find_data())
        return &as_array(*data, "data");
    if (!parts.meta())
        parts.data(); // throws
    return nullptr;
}

// Strict: a list that ended too early would go unnoticed.
std::optional<std::string> page_token(std::string_view text, std::string_view name)
{
    if (!std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f; }))
        refuse_member(name, "not a page token");
    return text.empty() ? std::nullopt : std::optional(std::string(text));
}

std::optional<std::string> find_page_token(const json::object& object, std::string_view name)
{
    const json::value* value = find_member(object, name);
    if (!value)
        return std::nullopt;
    const json::string* text = value->if_string();
    if (!text)
        refuse_member(name, "not a page token");
    return page_token({text->data(), text->size()}, name);
}

std::optional<std::string> next_token(const v2_response& parts)
{
    const json::object* meta = parts.meta();
    return meta ? find_page_token(*meta, "next_token") : std::nullopt;
}

// A tweet without a readable id is left out: nothing could be done with it.
std::vector<tweet> readable_tweets(api_version api, const json::array& list, const usernames& authors)
{
    std::vector<tweet> tweets;
    for (const json::value& item : list)
        if (const json::object* object = item.if_object(); object && find_own_id(*object))
            tweets.push_back(tweet_of(api, *object, authors));
    return tweets;
}

page<tweet> v2_tweets(const v2_response& parts)
{
    page<tweet> p;
    const json::array* list = list_in(parts);
    if (list)
        p.items = readable_tweets(api_version::v2, *list, authors_in(parts));
    p.next = next_token(parts);
    p.newest_id = extreme_id(p.items, true);
    // One that was left out may be newer than the others; `meta` says so where it does.
    const bool is_complete = !list || list->size() == p.items.size();
    const auto meta_id = is_complete || !parts.meta() ? std::nullopt : find_id(*parts.meta(), "newest_id");
    if (meta_id && (!p.newest_id || number(*meta_id) > number(*p.newest_id)))
        p.newest_id = meta_id;
    return p;
}

page<tweet> v1_1_tweets(const json::value& root)
{
    page<tweet> p;
    p.items = readable_tweets(api_version::v1_1, as_array(root, "tweets"), {});
    p.newest_id = extreme_id(p.items, true);
    if (const auto oldest = extreme_id(p.items, false); oldest && number(*oldest) > 1)
        p.next = std::to_string(number(*oldest) - 1);
    return p;
}

} // namespace

tweet read_tweet(api_version api, std::string_view body)
{
    const text::json_body parsed = text::read_json(body);
    if (api == api_version::v1_1)
        return tweet_of(api, as_object(parsed.root(), "tweet"), {});
    const v2_response parts(parsed.root());
    return tweet_of(api, as_object(parts.data(), "data"), {});
}

page<tweet> read_tweets(api_version api, std::string_view body)
{
    const text::json_body parsed = text::read_json(body);
    return api == api_version::v1_1 ? v1_1_tweets(parsed.root()) : v2_tweets(v2_response(parsed.root()));
}

page<profile> read_followers(api_version api, std::string_view body)
{
    const bool v2 = api == api_version::v2;
    users_response response = read_users_response(api, users_shape::page, body, 0);
    if (!response.is_readable && !v2)
        refuse_member("users", "missing or not a list");
    if (!response.is_readable && response.has_data)
        refuse_member("data", "not a list");
    if (!response.is_meta_readable)
        refuse_member("meta", "not an object");
    if (!response.has_data && !response.has_meta && v2)
        refuse_without_data(response.problems);
    const char* const token = v2 ? "next_token" : "next_cursor_str";
    if (!response.is_next_readable)
        refuse_member(token, "not a page token");
    page<profile> p;
    if (response.next_page)
        p.next = page_token(*response.next_page, token);
    if (!v2 && p.next == "0")
        p.next.reset();
    for (listed_user& user : response.users)
        if (user.is_object && user.id_fault.empty())
            p.items.push_back(std::move(user.profile));
    return p;
}

void read_deletion(api_version api, std::string_view body)
{
    const text::json_body parsed = text::read_json(body);
    if (api == api_version::v1_1)
        return;
    const v2_response parts(parsed.root());
    const auto deleted = find_bool(as_object(parts.data(), "data"), "deleted");
    if (!deleted)
        throw error(errc::malformed_response, "response: `deleted` is neither true nor false");
    if (!*deleted)
        throw error(errc::provider_error, "the provider says that the tweet was not deleted");
}

} // namespace coauth::twitter
