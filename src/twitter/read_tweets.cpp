#include "twitter/read_tweets.hpp"

#include "twitter/json_answer.hpp"
#include "twitter/json_members.hpp"
#include "twitter/names.hpp"
#include "twitter/read_profile.hpp"
#include "twitter/v2_answer.hpp"

#include <coauth/error.hpp>

#include <charconv>
#include <cstdint>
#include <string>
#include <unordered_map>

namespace coauth::twitter {

namespace {

namespace json = boost::json;

using usernames = std::unordered_map<std::string, std::string>;

std::string text_of(const json::object& in)
{
    // API 1.1 has `full_text` when asked for untruncated tweets. Empty is possible: a picture alone.
    const json::value* text = in.if_contains("full_text");
    if (!text)
        text = in.if_contains("text");
    const json::string* words = text ? text->if_string() : nullptr;
    if (!words)
        throw error(errc::malformed_response, "the answer's `text` is missing or no text");
    return {words->data(), words->size()};
}

std::optional<std::string> username_of(const json::object& user, std::string_view member)
{
    auto name = find_line(user, member);
    if (name && !is_username(*name))
        throw error(errc::malformed_response, "the answer's user name is none");
    return name;
}

tweet tweet_of(api_version api, const json::object& in, const usernames& authors)
{
    tweet t;
    t.id = own_id(in);
    t.text = text_of(in);
    t.created_at = find_time(api, in, "created_at");
    if (api == api_version::v2) {
        t.author_id = find_id(in, "author_id");
        if (t.author_id)
            if (const auto author = authors.find(*t.author_id); author != authors.end())
                t.author_username = author->second;
    } else if (const json::object* user = find_object(in, "user")) {
        t.author_id = own_id(*user);
        t.author_username = username_of(*user, "screen_name");
    }
    return t;
}

usernames authors_in(const v2_answer& parts)
{
    usernames names;
    if (const json::array* users = parts.users())
        for (const json::value& user : *users) {
            const json::object& object = as_object(user, "users");
            if (auto name = username_of(object, "username"))
                names.try_emplace(own_id(object), *std::move(name));
        }
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
const json::array* list_in(const v2_answer& parts)
{
    if (const json::value* data = parts.find_data())
        return &as_array(*data, "data");
    if (!parts.meta())
        parts.data(); // throws
    return nullptr;
}

std::optional<std::string> next_token(const v2_answer& parts)
{
    const json::object* meta = parts.meta();
    return meta ? find_line(*meta, "next_token") : std::nullopt;
}

page<tweet> v2_tweets(const v2_answer& parts)
{
    page<tweet> p;
    const usernames authors = authors_in(parts);
    if (const json::array* list = list_in(parts))
        for (const json::value& item : *list)
            p.items.push_back(tweet_of(api_version::v2, as_object(item, "data"), authors));
    p.next = next_token(parts);
    p.newest_id = extreme_id(p.items, true);
    return p;
}

page<tweet> v1_1_tweets(const json::value& root)
{
    page<tweet> p;
    for (const json::value& item : as_array(root, "tweets"))
        p.items.push_back(tweet_of(api_version::v1_1, as_object(item, "tweet"), {}));
    p.newest_id = extreme_id(p.items, true);
    if (const auto oldest = extreme_id(p.items, false); oldest && number(*oldest) > 1)
        p.next = std::to_string(number(*oldest) - 1);
    return p;
}

} // namespace

tweet read_tweet(api_version api, std::string_view body)
{
    const json_answer answer = read_json(body);
    if (api == api_version::v1_1)
        return tweet_of(api, as_object(answer.root(), "tweet"), {});
    const v2_answer parts(answer.root());
    return tweet_of(api, as_object(parts.data(), "data"), {});
}

page<tweet> read_tweets(api_version api, std::string_view body)
{
    const json_answer answer = read_json(body);
    return api == api_version::v1_1 ? v1_1_tweets(answer.root()) : v2_tweets(v2_answer(answer.root()));
}

page<profile> read_followers(api_version api, std::string_view body)
{
    const json_answer answer = read_json(body);
    page<profile> p;
    const json::array* list = nullptr;
    if (api == api_version::v2) {
        const v2_answer parts(answer.root());
        list = list_in(parts);
        p.next = next_token(parts);
    } else {
        const json::object& root = as_object(answer.root(), "body");
        list = find_array(root, "users");
        if (!list)
            throw error(errc::malformed_response, "the answer's `users` is missing");
        p.next = find_line(root, "next_cursor_str");
        if (p.next == "0")
            p.next.reset();
    }
    if (list)
        for (const json::value& user : *list)
            p.items.push_back(profile_of(api, as_object(user, "user")));
    return p;
}

void read_deletion(api_version api, std::string_view body)
{
    const json_answer answer = read_json(body);
    if (api == api_version::v1_1)
        return;
    const v2_answer parts(answer.root());
    if (!find_bool(as_object(parts.data(), "data"), "deleted").value_or(false))
        throw error(errc::provider_error, "the provider says that the tweet was not deleted");
}

} // namespace coauth::twitter
