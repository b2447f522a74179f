#include "greeter_bot/verdict.hpp"

#include <coauth/text/ascii.hpp>

#include <algorithm>
#include <chrono>
#include <iterator>
#include <string>
#include <string_view>

namespace greeter_bot {

namespace {

using coauth::errc;

constexpr int mention_codes[] = {
    136, // its author has blocked the account
    144, // no such tweet
    179, // not shown to the account: protected
    385, // deleted, or not visible to the account
    421, // no longer available
    422, // no longer available, since it broke the provider's rules
    425, // actions on it are disabled
    433, // its author restricts who may reply
};

// API 2 has no codes. All in lower case.
constexpr std::string_view mention_words[] = {
    "deleted or not visible",
    "no status found",
    "could not find tweet",
    "could not find post",
    "could not find status",
    "tweet is no longer available",
    "post is no longer available",
    "authorized to see this status",
    "authorized to see this tweet",
    "authorized to see this post",
    "authorized to see the tweet",
    "authorized to see the post",
    "authorized to see the user",
    "tweets are protected",
    "posts are protected",
    "who can reply",
    "reply to this tweet",
    "reply to this post",
    "reply to this status",
    "reply to this conversation",
    "blocked from the author",
    "blocked by the author",
    "blocked from viewing this user",
    "blocked by this user",
    "has blocked you",
};

// Titles of API 2's problems about one tweet, where they come without a detail.
constexpr std::string_view mention_titles[] = {"not found error", "authorization error"};

// These are about the account or the app, even if they name other things as well.
constexpr std::string_view account_words[] = {"your account", "your app", "this app ", "client app"};

constexpr int later_codes[] = {
    185, // the account's daily limit
    226, // looks automated
    344, // the account's daily limit, too
};
constexpr std::string_view later_words[] = {"automated", "daily limit", "usage cap"};

constexpr int operator_codes[] = {
    64,  // the account is suspended
    87,  // the app may not make this call
    220, // other credentials are needed
    231, // the login must be confirmed
    326, // the account is locked
};
constexpr std::string_view suspended = "suspended"; // or the author of the mention
constexpr std::string_view locked = " locked";
constexpr int user_suspended = 63;

// A rate window; what lasts longer is a limit by day or month.
constexpr std::chrono::minutes longest_wait(16);

template <std::size_t N>
bool has_code(const coauth::error& e, const int (&codes)[N])
{
    return e.provider_code() && std::count(std::begin(codes), std::end(codes), *e.provider_code()) != 0;
}

bool has(const std::string& text, std::string_view needle)
{
    return text.find(needle) != std::string::npos;
}

template <std::size_t N>
bool has_words(const std::string& text, const std::string_view (&words)[N])
{
    return std::any_of(
        std::begin(words), std::end(words), [&text](std::string_view needle) { return has(text, needle); });
}

std::string words_of(const coauth::error& e)
{
    return coauth::text::lowered(e.provider_message());
}

bool is_about_account(const std::string& words)
{
    return has_words(words, account_words) || has(words, suspended) || has(words, locked);
}

// A suspension that names no account may be that of the mention's author.
bool must_operator_act(const coauth::error& e, const std::string& words)
{
    return has_code(e, operator_codes) || has(words, locked) ||
           (has(words, suspended) && has_words(words, account_words));
}

// A code says more than the words that come with it.
bool is_about_mention(const coauth::error& e, const std::string& words)
{
    if (e.provider_code())
        return has_code(e, mention_codes);
    const bool titled = std::count(std::begin(mention_titles), std::end(mention_titles), words) != 0;
    return titled || (has_words(words, mention_words) && !is_about_account(words));
}

verdict judge_refusal(const coauth::error& e, const std::string& words, bool listed)
{
    if (is_about_mention(e, words))
        return verdict::skip;
    if (has_code(e, later_codes) || has_words(words, later_words))
        return verdict::later;
    if (must_operator_act(e, words))
        return verdict::stop;
    return !listed && e.reason() == errc::not_found ? verdict::skip : verdict::put_off;
}

} // namespace

verdict judge_reply(const coauth::error& e, bool listed)
{
    const std::string words = words_of(e);
    switch (e.reason()) {
    case errc::duplicate:
        return e.provider_code() || !is_about_account(words) ? verdict::done : verdict::stop;
    case errc::rate_limited:
        if (has_code(e, later_codes) || has_words(words, later_words))
            return verdict::later;
        return e.retry_after().value_or(std::chrono::seconds(0)) > longest_wait ? verdict::later : verdict::wait;
    case errc::suspended: {
        const bool is_user = e.provider_code() == user_suspended || has(words, suspended);
        return is_user && !must_operator_act(e, words) ? verdict::put_off : verdict::stop;
    }
    case errc::forbidden:
    case errc::not_found:
    case errc::provider_error:
        return judge_refusal(e, words, listed);
    default:
        return judge_question(e);
    }
}

verdict judge_question(const coauth::error& e)
{
    switch (e.reason()) {
    case errc::rate_limited:
        return verdict::wait;
    case errc::malformed_response:
    case errc::response_too_large:
        return verdict::later;
    case errc::forbidden:
    case errc::not_found:
    case errc::provider_error: {
        // Without a reason it may be a page of what is between here and the provider.
        const bool named = e.provider_code() || is_about_account(words_of(e));
        return named && !has_code(e, later_codes) ? verdict::stop : verdict::later;
    }
    case errc::store_unavailable: // what was said must be remembered before more is said
        return verdict::stop;
    default:
        return is_transient(e) ? verdict::later : verdict::stop;
    }
}

} // namespace greeter_bot
