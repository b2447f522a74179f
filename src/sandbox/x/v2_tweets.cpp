#include "sandbox/x/v2_tweets.hpp"

#include "sandbox/world/decimal.hpp"
#include "sandbox/x/error_bodies.hpp"
#include "sandbox/x/v2_parameters.hpp"
#include "sandbox/x/views.hpp"
#include "sandbox/x/visibility.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>

#include <algorithm>
#include <array>

namespace coauth::sandbox {

namespace json = boost::json;

namespace {

server::response timeline(const call& c, const world& w, const std::vector<tweet>& newest_first)
{
    v2_parameters given(c, {"max_results", "pagination_token", "since_id", "until_id", "start_time", "end_time",
                               "exclude", "tweet.fields", "user.fields", "expansions"});
    auto fields = given.tweet_fields();
    const auto user_fields = given.user_fields();
    const bool with_authors = given.expands_author();
    const auto count = given.number("max_results", 10, 5, 100);
    const auto page = given.page_token();
    const auto since = given.id("since_id");
    const auto until = given.id("until_id");
    const auto start = given.time("start_time");
    const auto end = given.time("end_time");
    const bool no_replies = given.excludes_replies();
    if (given.refusal())
        return *given.refusal();
    if (with_authors)
        fields.insert("author_id");

    json::array data;
    json::object meta;
    std::set<std::uint64_t> authors;
    std::uint64_t newest = 0, oldest = 0;
    for (const auto& t : newest_first) {
        if ((since && t.id <= *since) || (until && t.id >= *until) || (page && t.id >= *page) ||
            (start && t.created_at < *start) || (end && t.created_at >= *end) || (no_replies && t.reply_to != 0))
            continue;
        if (data.size() == count) {
            meta["next_token"] = v2_parameters::write_page_token(oldest);
            break;
        }
        data.push_back(v2_tweet(t, fields, w));
        authors.insert(t.author);
        newest = std::max(newest, t.id);
        oldest = t.id;
    }
    meta["result_count"] = data.size();
    json::object body;
    if (!data.empty()) {
        meta["newest_id"] = std::to_string(newest);
        meta["oldest_id"] = std::to_string(oldest);
        body["data"] = std::move(data);
    }
    if (with_authors && !authors.empty()) {
        json::array users;
        for (const auto id : authors)
            if (const auto p = w.user_by_id(id))
                users.push_back(v2_user(*p, user_fields, c.base_url));
        json::object includes;
        includes["users"] = std::move(users);
        body["includes"] = std::move(includes);
    }
    body["meta"] = std::move(meta);
    return json_response(200, body);
}

server::response bad_body(std::string_view parameter, std::string_view value, std::string_view message)
{
    return v2_invalid_request(parameter, value, message);
}

// What is asked to be posted, or why it can't be read.
struct draft {
    std::string text;
    std::uint64_t reply_to = 0;
    std::optional<server::response> refusal;
};

void read_reply(const json::value& value, draft& into)
{
    const auto* reply = value.if_object();
    const auto* id = reply ? reply->if_contains("in_reply_to_tweet_id") : nullptr;
    const auto* text = id ? id->if_string() : nullptr;
    const auto number =
        text ? parse_decimal<std::uint64_t>(std::string_view(text->data(), text->size())) : std::nullopt;
    if (number && *number != 0)
        into.reply_to = *number;
    else
        into.refusal = bad_body("reply.in_reply_to_tweet_id", text ? std::string_view(text->data(), text->size()) : "",
            "$.reply.in_reply_to_tweet_id: must be an id as a text");
}

draft read_draft(std::string_view body)
{
    constexpr std::array<std::string_view, 13> known = {"card_uri", "community_id", "direct_message_deep_link",
        "for_super_followers_only", "geo", "media", "nullcast", "poll", "quote_tweet_id", "reply", "reply_settings",
        "share_with_followers", "text"};
    draft d;
    boost::system::error_code failure;
    const auto value = json::parse({body.data(), body.size()}, failure);
    const auto* o = failure ? nullptr : value.if_object();
    if (!o) {
        d.refusal = bad_body("body", "", "The body must be a JSON object");
        return d;
    }
    for (const auto& member : *o) {
        const std::string_view key(member.key().data(), member.key().size());
        if (std::find(known.begin(), known.end(), key) == known.end()) {
            d.refusal = bad_body(key, "",
                "$." + std::string(key) +
                    ": is not defined in the schema and the schema does not allow additional properties");
            return d;
        }
    }
    const auto* text = o->if_contains("text");
    if (text && text->is_string())
        d.text.assign(text->get_string().data(), text->get_string().size());
    if (d.text.empty())
        d.refusal = bad_body("text", "", "$.text: must be a text that is not empty");
    else if (const auto* reply = o->if_contains("reply"); reply && !reply->is_null())
        read_reply(*reply, d);
    return d;
}

} // namespace

server::response v2_tweets_of(const call& c, const world& w, const user& author)
{
    return timeline(c, w, w.tweets_of(author.id));
}

server::response v2_mentions_of(const call& c, const world& w, const user& p)
{
    return timeline(c, w, w.mentions_of(p.id));
}

server::response v2_post_tweet(const call& c, world& w)
{
    const auto wanted = read_draft(c.http->body);
    if (wanted.refusal)
        return *wanted.refusal;
    switch (judge_post(c.user->user, wanted.text, wanted.reply_to, w)) {
    case post_verdict::too_long:
        return refuse(family::v2, 186);
    case post_verdict::duplicate:
        return refuse(family::v2, 187);
    case post_verdict::reply_to_nothing:
        return refuse(family::v2, 385, 0, "You attempted to reply to a Tweet that is deleted or not visible to you.");
    case post_verdict::fine:
        break;
    }
    const auto posted = w.post(c.user->user, wanted.text, wanted.reply_to, c.now);
    json::object body;
    body["data"] = v2_tweet(posted, {}, w);
    return json_response(201, body);
}

server::response v2_delete_tweet(const call& c, world& w)
{
    const auto& value = c.path_values.front();
    if (!v2_parameters::is_id(value))
        return v2_invalid_request(
            "id", value, "The `id` query parameter value [" + value + "] does not match ^[0-9]{1,19}$");
    const auto id = parse_decimal<std::uint64_t>(value);
    const auto found = id ? w.tweet_by_id(*id) : std::nullopt;
    if (found && found->author != c.user->user)
        return refuse(family::v2, 183);
    json::object data;
    data["deleted"] = found && w.erase_tweet(found->id);
    json::object body;
    body["data"] = std::move(data);
    return json_response(200, body);
}

} // namespace coauth::sandbox
