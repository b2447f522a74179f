#include "sandbox/x/api_v2.hpp"

#include "sandbox/world/decimal.hpp"
#include "sandbox/x/error_bodies.hpp"
#include "sandbox/x/v2_parameters.hpp"
#include "sandbox/x/v2_tweets.hpp"
#include "sandbox/x/views.hpp"
#include "sandbox/x/visibility.hpp"

#include <boost/json/array.hpp>

namespace coauth::sandbox {

namespace json = boost::json;

namespace {

// Why data is missing about the user that `parameter` = `value` names.
json::object user_problem(bool suspended, const std::string& parameter, const std::string& value)
{
    json::object problem;
    problem["value"] = value;
    problem["detail"] = suspended ? "User has been suspended: [" + value + "]."
                                  : "Could not find user with " + parameter + ": [" + value + "].";
    problem["title"] = suspended ? "Forbidden" : "Not Found Error";
    problem["resource_type"] = "user";
    problem["parameter"] = parameter;
    problem["resource_id"] = value;
    problem["type"] = v2_problem_type("resource-not-found");
    return problem;
}

server::response one_user_problem(bool suspended, const std::string& parameter, const std::string& value)
{
    const int status = suspended ? 403 : 404;
    auto problem = user_problem(suspended, parameter, value);
    json::object body;
    for (const auto* member : {"title", "detail", "type"})
        body[member] = problem[member];
    body["status"] = status;
    json::array list;
    list.push_back(std::move(problem));
    body["errors"] = std::move(list);
    return json_response(status, body);
}

std::optional<user> user_named(const world& w, bool by_id, std::string_view text)
{
    if (!by_id)
        return w.user_by_username(text);
    const auto id = parse_decimal<std::uint64_t>(text);
    return id ? w.user_by_id(*id) : std::nullopt;
}

server::response me(const call& c, const world& w)
{
    v2_parameters given(c, {"user.fields", "tweet.fields", "expansions"});
    const auto fields = given.user_fields();
    given.tweet_fields();
    given.expands_author();
    if (given.refusal())
        return *given.refusal();
    const auto p = w.user_by_id(c.user->user);
    if (!p)
        return refuse(family::v2, 89);
    auto user = v2_user(*p, fields, c.base_url);
    // A signed request (1.0a) sees it in any case; of OAuth 2's, those with the scope see a verified one.
    const bool sees_email = !c.oauth.empty() || (c.user->sees_email && p->email_verified);
    if (fields.contains("confirmed_email") && !p->email.empty() && sees_email)
        user["confirmed_email"] = p->email;
    json::object body;
    body["data"] = std::move(user);
    return json_response(200, body);
}

server::response one_user(const call& c, const world& w, bool by_id)
{
    v2_parameters given(c, {"user.fields", "tweet.fields", "expansions"});
    const auto fields = given.user_fields();
    given.tweet_fields();
    given.expands_author();
    if (given.refusal())
        return *given.refusal();
    const auto& value = c.path_values.front();
    const std::string parameter = by_id ? "id" : "username";
    if (by_id ? !v2_parameters::is_id(value) : !v2_parameters::is_username(value))
        return v2_invalid_request(parameter, value,
            "The `" + parameter + "` query parameter value [" + value + "] does not match " +
                (by_id ? "^[0-9]{1,19}$" : "^[A-Za-z0-9_]{1,15}$"));
    const auto p = user_named(w, by_id, value);
    if (!p || p->suspended)
        return one_user_problem(p.has_value(), parameter, value);
    json::object body;
    body["data"] = v2_user(*p, fields, c.base_url);
    return json_response(200, body);
}

server::response many_users(const call& c, const world& w, bool by_id)
{
    const std::string parameter = by_id ? "ids" : "usernames";
    v2_parameters given(c, {parameter, "user.fields", "tweet.fields", "expansions"});
    const auto fields = given.user_fields();
    given.tweet_fields();
    given.expands_author();
    const auto requested = by_id ? given.ids(parameter) : given.usernames(parameter);
    if (given.refusal())
        return *given.refusal();
    json::array data, errors;
    for (const auto& value : requested) {
        const auto p = user_named(w, by_id, value);
        if (!p || p->suspended)
            errors.push_back(user_problem(p.has_value(), parameter, value));
        else
            data.push_back(v2_user(*p, fields, c.base_url));
    }
    // Data and errors may come side by side; an empty list is left out.
    json::object body;
    if (!data.empty())
        body["data"] = std::move(data);
    if (!errors.empty())
        body["errors"] = std::move(errors);
    return json_response(200, body);
}

server::response followers(const call& c, const world& w, const user& whose)
{
    v2_parameters given(c, {"max_results", "pagination_token", "user.fields", "tweet.fields", "expansions"});
    const auto fields = given.user_fields();
    given.tweet_fields();
    given.expands_author();
    const auto count = given.number("max_results", 100, 1, 1000);
    const auto first = static_cast<std::size_t>(given.page_token().value_or(0));
    if (given.refusal())
        return *given.refusal();
    auto ids = w.followers_of(whose.id, first, count + 1);
    const bool more_follow = ids.size() > count;
    if (more_follow)
        ids.pop_back();
    json::array data;
    for (const auto id : ids)
        if (const auto p = w.user_by_id(id); p && !p->suspended)
            data.push_back(v2_user(*p, fields, c.base_url));
    json::object meta;
    meta["result_count"] = data.size();
    if (more_follow)
        meta["next_token"] = v2_parameters::write_page_token(first + count);
    if (first != 0)
        meta["previous_token"] = v2_parameters::write_page_token(first > count ? first - count : 0);
    json::object body;
    if (!data.empty())
        body["data"] = std::move(data);
    body["meta"] = std::move(meta);
    return json_response(200, body);
}

server::response not_shown(const user& whose)
{
    const auto id = std::to_string(whose.id);
    json::object problem;
    problem["resource_type"] = "user";
    problem["resource_id"] = id;
    problem["value"] = id;
    problem["parameter"] = "id";
    problem["title"] = "Authorization Error";
    problem["detail"] = "Sorry, you are not authorized to see the user with id: [" + id + "].";
    problem["type"] = v2_problem_type("not-authorized-for-resource");
    json::array errors;
    errors.push_back(std::move(problem));
    json::object body;
    body["errors"] = std::move(errors);
    return json_response(200, body);
}

// The routes below /2/users/:id/.
server::response of_user(const call& c, const world& w)
{
    const auto& value = c.path_values.front();
    if (!v2_parameters::is_id(value))
        return v2_invalid_request(
            "id", value, "The `id` query parameter value [" + value + "] does not match ^[0-9]{1,19}$");
    const auto p = user_named(w, true, value);
    if (!p || p->suspended)
        return one_user_problem(p.has_value(), "id", value);
    if (!may_read_tweets(c, *p, w))
        return not_shown(*p);
    if (c.matched->id == endpoint::v2_user_followers)
        return followers(c, w, *p);
    return c.matched->id == endpoint::v2_user_tweets ? v2_tweets_of(c, w, *p) : v2_mentions_of(c, w, *p);
}

} // namespace

server::response handle_v2(const call& c, world& w)
{
    switch (c.matched->id) {
    case endpoint::v2_me:
        return me(c, w);
    case endpoint::v2_user_by_id:
        return one_user(c, w, true);
    case endpoint::v2_user_by_username:
        return one_user(c, w, false);
    case endpoint::v2_users_by_ids:
        return many_users(c, w, true);
    case endpoint::v2_users_by_usernames:
        return many_users(c, w, false);
    case endpoint::v2_user_tweets:
    case endpoint::v2_user_mentions:
    case endpoint::v2_user_followers:
        return of_user(c, w);
    case endpoint::v2_post_tweet:
        return v2_post_tweet(c, w);
    case endpoint::v2_delete_tweet:
        return v2_delete_tweet(c, w);
    default:
        return refuse(family::v2, 34);
    }
}

} // namespace coauth::sandbox
