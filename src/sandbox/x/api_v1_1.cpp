#include "sandbox/x/api_v1_1.hpp"

#include "sandbox/world/decimal.hpp"
#include "sandbox/x/error_bodies.hpp"
#include "sandbox/x/views.hpp"
#include "sandbox/x/visibility.hpp"

#include <boost/json/array.hpp>

#include <algorithm>
#include <map>

namespace coauth::sandbox {

namespace json = boost::json;

namespace {

server::response no(int code)
{
    return refuse(family::v1_1, code);
}

std::string_view value_of(const call& c, std::string_view name)
{
    const auto* found = oauth1::find(c.parameters, name);
    return found ? std::string_view(*found) : std::string_view();
}

bool is_true(const call& c, std::string_view name)
{
    const auto value = value_of(c, name);
    return value == "true" || value == "1" || value == "t";
}

// API 1.1 bends numbers that are out of range instead of refusing them.
std::size_t count_of(const call& c, std::size_t otherwise, std::size_t most)
{
    const auto count = parse_decimal<std::size_t>(value_of(c, "count"));
    return count ? std::clamp<std::size_t>(*count, 1, most) : otherwise;
}

// The user that `user_id` or else `screen_name` names.
std::optional<user> named_user(const call& c, const world& w)
{
    if (const auto id = value_of(c, "user_id"); !id.empty()) {
        const auto number = parse_decimal<std::uint64_t>(id);
        return number ? w.user_by_id(*number) : std::nullopt;
    }
    return w.user_by_username(value_of(c, "screen_name"));
}

bool names_someone(const call& c)
{
    return !value_of(c, "user_id").empty() || !value_of(c, "screen_name").empty();
}

server::response users_show(const call& c, const world& w)
{
    if (!names_someone(c))
        return refuse(family::v1_1, 38, 403, "user_id or screen_name parameter is missing.");
    const auto p = named_user(c, w);
    if (!p)
        return no(50);
    if (p->suspended)
        return no(63);
    return json_response(200, v1_1_user(*p, c.base_url));
}

void split(std::string_view list, std::vector<std::string_view>& into)
{
    while (!list.empty()) {
        const auto end = std::min(list.find(','), list.size());
        if (end != 0)
            into.push_back(list.substr(0, end));
        list.remove_prefix(std::min(end + 1, list.size()));
    }
}

server::response users_lookup(const call& c, const world& w)
{
    std::vector<std::string_view> ids, names;
    split(value_of(c, "user_id"), ids);
    split(value_of(c, "screen_name"), names);
    if (ids.empty() && names.empty())
        return refuse(family::v1_1, 38, 403, "user_id or screen_name parameter is missing.");
    if (ids.size() + names.size() > 100)
        return no(18);

    // Missing and suspended users are left out, and the order is not that of the request.
    std::map<std::uint64_t, user> found;
    const auto keep = [&](std::optional<user> p) {
        if (p && !p->suspended)
            found.emplace(p->id, std::move(*p));
    };
    for (const auto id : ids)
        if (const auto number = parse_decimal<std::uint64_t>(id))
            keep(w.user_by_id(*number));
    for (const auto name : names)
        keep(w.user_by_username(name));
    if (found.empty())
        return no(17);
    json::array list;
    for (auto p = found.rbegin(); p != found.rend(); ++p)
        list.push_back(v1_1_user(p->second, c.base_url));
    return json_response(200, list);
}

server::response verify_credentials(const call& c, const world& w)
{
    const auto p = w.user_by_id(c.user->user);
    if (!p)
        return no(89);
    auto user = v1_1_user(*p, c.base_url);
    if (is_true(c, "include_email"))
        put_or_null(user, "email", p->email);
    return json_response(200, user);
}

// One page of a timeline: `since_id`, `max_id` and `count`.
json::array page_of(const call& c, const std::vector<tweet>& newest_first, const world& w, std::size_t most)
{
    const auto since = parse_decimal<std::uint64_t>(value_of(c, "since_id")).value_or(0);
    const auto max = parse_decimal<std::uint64_t>(value_of(c, "max_id"));
    const auto count = count_of(c, 20, most);
    json::array list;
    for (const auto& t : newest_first) {
        if (t.id <= since || (max && t.id > *max) || (is_true(c, "exclude_replies") && t.reply_to != 0))
            continue;
        if (list.size() == count)
            break;
        list.push_back(v1_1_tweet(t, w, c.base_url, is_true(c, "trim_user"), value_of(c, "tweet_mode") == "extended"));
    }
    return list;
}

server::response user_timeline(const call& c, const world& w)
{
    if (!names_someone(c) && !c.user)
        return refuse(family::v1_1, 38, 403, "user_id or screen_name parameter is missing.");
    const auto p = names_someone(c) ? named_user(c, w) : w.user_by_id(c.user->user);
    if (!p || p->suspended)
        return no(34);
    if (!may_read_tweets(c, *p, w))
        return old_json_error(401, c.http->path(), "Not authorized.");
    return json_response(200, page_of(c, w.tweets_of(p->id), w, 200));
}

server::response mentions_timeline(const call& c, const world& w)
{
    return json_response(200, page_of(c, w.mentions_of(c.user->user), w, 200));
}

server::response update(const call& c, world& w)
{
    const auto text = value_of(c, "status");
    if (text.empty())
        return refuse(family::v1_1, 38, 403, "status parameter is missing.");
    std::uint64_t reply_to = 0;
    if (const auto id = value_of(c, "in_reply_to_status_id"); !id.empty())
        reply_to = parse_decimal<std::uint64_t>(id).value_or(1);
    switch (judge_post(c.user->user, text, reply_to, w)) {
    case post_verdict::too_long:
        return no(186);
    case post_verdict::duplicate:
        return no(187);
    case post_verdict::reply_to_nothing:
        return no(385);
    case post_verdict::fine:
        break;
    }
    const auto posted = w.post(c.user->user, std::string(text), reply_to, c.now);
    return json_response(200, v1_1_tweet(posted, w, c.base_url, is_true(c, "trim_user"), false));
}

server::response destroy(const call& c, world& w)
{
    const auto id = parse_decimal<std::uint64_t>(c.path_values.front());
    const auto found = id ? w.tweet_by_id(*id) : std::nullopt;
    if (!found)
        return no(144);
    if (found->author != c.user->user)
        return no(183);
    const auto last_look = v1_1_tweet(*found, w, c.base_url, is_true(c, "trim_user"), false);
    w.erase_tweet(found->id);
    return json_response(200, last_look);
}

server::response followers_list(const call& c, const world& w)
{
    if (!names_someone(c) && !c.user)
        return refuse(family::v1_1, 38, 403, "user_id or screen_name parameter is missing.");
    const auto p = names_someone(c) ? named_user(c, w) : w.user_by_id(c.user->user);
    if (!p || p->suspended)
        return no(34);
    if (!may_read_tweets(c, *p, w))
        return old_json_error(401, c.http->path(), "Not authorized.");

    // Cursors are large numbers: -1 is the first page, 0 is none.
    constexpr std::int64_t cursor_base = 1'600'000'000'000'000'000;
    const auto cursor = parse_decimal<std::int64_t>(value_of(c, "cursor")).value_or(-1);
    const auto first = cursor > cursor_base ? static_cast<std::size_t>(cursor - cursor_base) : 0;
    const auto count = count_of(c, 20, 200);
    json::array users;
    auto ids = w.followers_of(p->id, first, count + 1);
    const bool more_follow = ids.size() > count;
    if (more_follow)
        ids.pop_back();
    for (const auto id : ids)
        if (const auto follower = w.user_by_id(id); follower && !follower->suspended)
            users.push_back(v1_1_user(*follower, c.base_url));
    const auto next = more_follow ? cursor_base + static_cast<std::int64_t>(first + count) : 0;
    const auto previous = first == 0 ? 0 : -(cursor_base + static_cast<std::int64_t>(first));
    json::object page;
    page["users"] = std::move(users);
    page["next_cursor"] = next;
    page["next_cursor_str"] = std::to_string(next);
    page["previous_cursor"] = previous;
    page["previous_cursor_str"] = std::to_string(previous);
    page["total_count"] = nullptr;
    return json_response(200, page);
}

server::response invalidate_token(const call& c, world& w)
{
    json::object body;
    body["access_token"] = c.token;
    w.revoke(c.token);
    return json_response(200, body);
}

} // namespace

server::response handle_v1_1(const call& c, world& w)
{
    switch (c.matched->id) {
    case endpoint::v1_1_users_show:
        return users_show(c, w);
    case endpoint::v1_1_users_lookup:
        return users_lookup(c, w);
    case endpoint::v1_1_verify_credentials:
        return verify_credentials(c, w);
    case endpoint::v1_1_user_timeline:
        return user_timeline(c, w);
    case endpoint::v1_1_mentions_timeline:
        return mentions_timeline(c, w);
    case endpoint::v1_1_update:
        return update(c, w);
    case endpoint::v1_1_destroy:
        return destroy(c, w);
    case endpoint::v1_1_followers_list:
        return followers_list(c, w);
    case endpoint::invalidate_token:
        return invalidate_token(c, w);
    default:
        return no(34);
    }
}

} // namespace coauth::sandbox
