#include "greeter_bot/timelines.hpp"

#include "greeter_bot/patience.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <limits>

namespace greeter_bot {

namespace asio = boost::asio;
namespace json = boost::json;
namespace twitter = coauth::twitter;
using twitter::api_version;

namespace {

// X itself ends its lists after 800 mentions and 3200 tweets.
constexpr int most_pages = 1000;

[[noreturn]] void endless()
{
    throw coauth::error(coauth::errc::malformed_response, "the provider's list of tweets does not end");
}

[[noreturn]] void malformed()
{
    throw coauth::error(coauth::errc::malformed_response, "the answer is no list of tweets");
}

std::string text_in(const json::object& o, const char* name)
{
    const json::value* value = o.if_contains(name);
    const json::string* text = value ? value->if_string() : nullptr;
    return text ? std::string(text->data(), text->size()) : std::string();
}

const json::object& object_in(const json::value& value)
{
    const json::object* o = value.if_object();
    if (!o)
        malformed();
    return *o;
}

const json::array* array_in(const json::object& o, const char* name)
{
    const json::value* value = o.if_contains(name);
    return value ? value->if_array() : nullptr;
}

std::string replied_to_v2(const json::object& tweet)
{
    if (const json::array* references = array_in(tweet, "referenced_tweets"))
        for (const json::value& reference : *references)
            if (const json::object& o = object_in(reference); text_in(o, "type") == "replied_to")
                return text_in(o, "id");
    return {};
}

void add(replies& into, std::string answered, std::string reply)
{
    if (!answered.empty())
        into.emplace(std::move(answered), std::move(reply));
}

std::optional<std::string> add_v2(const json::object& root, replies& into)
{
    const json::value* meta = root.if_contains("meta");
    const json::array* list = array_in(root, "data");
    if (!meta && !list)
        malformed();
    if (list)
        for (const json::value& item : *list) {
            const json::object& tweet = object_in(item);
            add(into, replied_to_v2(tweet), text_in(tweet, "id"));
        }
    const std::string next = meta ? text_in(object_in(*meta), "next_token") : std::string();
    return next.empty() ? std::nullopt : std::optional(next);
}

// The next page ends below the oldest tweet of this one.
std::optional<std::string> add_v1_1(const json::array& list, replies& into)
{
    std::uint64_t oldest = std::numeric_limits<std::uint64_t>::max();
    for (const json::value& item : list) {
        const json::object& tweet = object_in(item);
        const std::string id = text_in(tweet, "id_str");
        std::uint64_t number = 0;
        if (std::from_chars(id.data(), id.data() + id.size(), number).ec != std::errc() || number == 0)
            malformed();
        oldest = std::min(oldest, number);
        add(into, text_in(tweet, "in_reply_to_status_id_str"), id);
    }
    return list.empty() || oldest == 1 ? std::nullopt : std::optional(std::to_string(oldest - 1));
}

twitter::api_call own_tweets(api_version api, const std::string& user_id, const std::string& since_id)
{
    twitter::api_call call;
    if (api == api_version::v2) {
        call.path = "/2/users/" + user_id + "/tweets";
        call.query.emplace_back("max_results", "100");
        call.query.emplace_back("tweet.fields", "referenced_tweets");
    } else {
        call.path = "/1.1/statuses/user_timeline.json";
        call.query.emplace_back("user_id", user_id);
        call.query.emplace_back("count", "200");
        call.query.emplace_back("trim_user", "true");
    }
    if (!since_id.empty())
        call.query.emplace_back("since_id", since_id);
    return call;
}

} // namespace

std::optional<std::string> add_replies(api_version api, std::string_view body, replies& into)
{
    boost::system::error_code problem;
    const json::value root = json::parse(json::string_view(body.data(), body.size()), problem);
    if (problem)
        malformed();
    if (api == api_version::v2)
        return add_v2(object_in(root), into);
    const json::array* list = root.if_array();
    if (!list)
        malformed();
    return add_v1_1(*list, into);
}

asio::awaitable<std::vector<twitter::tweet>> read_mentions(
    const twitter::client& client, coauth::oauth1::access_token user, std::string user_id, std::string since_id)
{
    twitter::page_options which;
    which.count = 100;
    which.since_id = since_id;
    const auto ask = [&] { return client.mentions(user, user_id, which); };
    std::vector<twitter::tweet> found;
    for (int pages = 0; pages < most_pages; ++pages) {
        auto page = co_await patiently(ask);
        std::move(page.items.begin(), page.items.end(), std::back_inserter(found));
        if (!page.next)
            co_return found;
        which.token = *page.next;
    }
    endless();
}

asio::awaitable<replies> read_own_replies(
    const twitter::client& client, coauth::oauth1::access_token user, std::string user_id, std::string since_id)
{
    const api_version api = client.options().api;
    const twitter::api_call first = own_tweets(api, user_id, since_id);
    twitter::api_call call = first;
    const auto ask = [&] { return client.request(user, call); };
    replies found;
    for (int pages = 0; pages < most_pages; ++pages) {
        const auto answer = co_await patiently(ask);
        const auto next = add_replies(api, answer.body, found);
        if (!next)
            co_return found;
        call = first;
        call.query.emplace_back(api == api_version::v2 ? "pagination_token" : "max_id", *next);
    }
    endless();
}

} // namespace greeter_bot
