#include "sandbox/x/v2_parameters.hpp"

#include "sandbox/world/decimal.hpp"
#include "sandbox/x/dates.hpp"
#include "sandbox/x/error_bodies.hpp"

#include <coauth/text/ascii.hpp>

#include <algorithm>

namespace coauth::sandbox {

namespace {

constexpr std::string_view page_token_prefix = "7140w";

std::string joined(std::initializer_list<std::string_view> names)
{
    std::string out;
    for (const auto name : names)
        out.append(out.empty() ? "" : ",").append(name);
    return out;
}

} // namespace

v2_parameters::v2_parameters(const call& c, std::initializer_list<std::string_view> known) : call_(c)
{
    for (const auto& [name, value] : c.parameters) {
        if (std::find(known.begin(), known.end(), name) == known.end()) {
            refusal_ = v2_invalid_request(
                name, value, "The query parameter [" + name + "] is not one of [" + joined(known) + ']');
            return;
        }
        if (oauth1::count(c.parameters, name) > 1)
            refuse_value(name, value, "is there twice");
    }
}

const std::string* v2_parameters::find(std::string_view name) const
{
    return oauth1::find(call_.parameters, name);
}

void v2_parameters::refuse_value(std::string_view name, std::string_view value, std::string_view why)
{
    if (!refusal_)
        refusal_ = v2_invalid_request(name, value,
            "The `" + std::string(name) + "` query parameter value [" + std::string(value) + "] " + std::string(why));
}

std::vector<std::string> v2_parameters::list(std::string_view name) const
{
    std::vector<std::string> values;
    const auto* text = find(name);
    if (!text)
        return values;
    std::string_view rest = *text;
    while (true) {
        const auto end = std::min(rest.find(','), rest.size());
        std::string value(rest.substr(0, end));
        if (std::find(values.begin(), values.end(), value) == values.end())
            values.push_back(std::move(value));
        if (end == rest.size())
            return values;
        rest.remove_prefix(end + 1);
    }
}

std::set<std::string> v2_parameters::choice(std::string_view name, std::initializer_list<std::string_view> known)
{
    std::set<std::string> chosen;
    for (auto& value : list(name)) {
        if (std::find(known.begin(), known.end(), value) == known.end())
            refuse_value(name, value, "is not one of [" + joined(known) + ']');
        else
            chosen.insert(std::move(value));
    }
    return chosen;
}

std::set<std::string> v2_parameters::user_fields()
{
    return choice(
        "user.fields", {"affiliation", "confirmed_email", "connection_status", "created_at", "description", "entities",
                           "id", "is_identity_verified", "location", "most_recent_tweet_id", "name", "parody",
                           "pinned_tweet_id", "profile_banner_url", "profile_image_url", "protected", "public_metrics",
                           "receives_your_dm", "subscribes_to_you", "subscription", "subscription_type", "url",
                           "username", "verified", "verified_followers_count", "verified_type", "withheld"});
}

std::set<std::string> v2_parameters::tweet_fields()
{
    return choice(
        "tweet.fields", {"attachments", "author_id", "context_annotations", "conversation_id", "created_at",
                            "edit_controls", "edit_history_tweet_ids", "entities", "geo", "id", "in_reply_to_user_id",
                            "lang", "note_tweet", "possibly_sensitive", "public_metrics", "referenced_tweets",
                            "reply_settings", "source", "text", "withheld"});
}

bool v2_parameters::expands_author()
{
    return choice(
        "expansions", {"attachments.media_keys", "author_id", "edit_history_tweet_ids", "entities.mentions.username",
                          "geo.place_id", "in_reply_to_user_id", "most_recent_tweet_id", "pinned_tweet_id",
                          "referenced_tweets.id", "referenced_tweets.id.author_id"})
        .contains("author_id");
}

std::vector<std::string> v2_parameters::lookup_list(
    std::string_view name, bool (*valid)(std::string_view) noexcept, std::string_view pattern)
{
    auto values = list(name);
    if (values.empty() || values.size() > 100) {
        refuse_value(name, values.empty() ? "" : std::to_string(values.size()) + " values", "must be 1 to 100 values");
        values.clear();
    }
    for (const auto& value : values)
        if (!valid(value))
            refuse_value(name, value, "does not match " + std::string(pattern));
    return values;
}

std::vector<std::string> v2_parameters::ids(std::string_view name)
{
    return lookup_list(name, &is_id, "^[0-9]{1,19}$");
}

std::vector<std::string> v2_parameters::usernames(std::string_view name)
{
    return lookup_list(name, &is_username, "^[A-Za-z0-9_]{1,15}$");
}

std::size_t v2_parameters::number(
    std::string_view name, std::size_t otherwise, std::size_t smallest, std::size_t largest)
{
    const auto* text = find(name);
    if (!text)
        return otherwise;
    const auto value = parse_decimal<std::size_t>(*text);
    if (!value || *value < smallest || *value > largest) {
        refuse_value(name, *text, "is not between " + std::to_string(smallest) + " and " + std::to_string(largest));
        return otherwise;
    }
    return *value;
}

std::optional<std::uint64_t> v2_parameters::id(std::string_view name)
{
    const auto* text = find(name);
    if (!text)
        return std::nullopt;
    const auto value = is_id(*text) ? parse_decimal<std::uint64_t>(*text) : std::nullopt;
    if (!value)
        refuse_value(name, *text, "does not match ^[0-9]{1,19}$");
    return value;
}

std::optional<std::chrono::sys_seconds> v2_parameters::time(std::string_view name)
{
    const auto* text = find(name);
    if (!text)
        return std::nullopt;
    const auto value = parse_iso8601(*text);
    if (!value)
        refuse_value(name, *text, "is not a time such as 2026-01-31T12:00:00Z");
    return value;
}

std::string v2_parameters::write_page_token(std::uint64_t position)
{
    return std::string(page_token_prefix) + std::to_string(position);
}

std::optional<std::uint64_t> v2_parameters::page_token()
{
    const auto* text = find("pagination_token");
    if (!text)
        return std::nullopt;
    const auto position = text->starts_with(page_token_prefix)
                              ? parse_decimal<std::uint64_t>(std::string_view(*text).substr(page_token_prefix.size()))
                              : std::nullopt;
    if (!position)
        refuse_value("pagination_token", *text, "was not issued by this sandbox");
    return position;
}

bool v2_parameters::excludes_replies()
{
    return choice("exclude", {"replies", "retweets"}).contains("replies");
}

bool v2_parameters::is_id(std::string_view text) noexcept
{
    return !text.empty() && text.size() <= 19 && text::all_digits(text);
}

bool v2_parameters::is_username(std::string_view text) noexcept
{
    return !text.empty() && text.size() <= 15 &&
           std::all_of(text.begin(), text.end(), [](char c) { return text::is_letter_or_digit(c) || c == '_'; });
}

} // namespace coauth::sandbox
