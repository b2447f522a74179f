#include "twitter/refusal.hpp"

#include <coauth/text/ascii.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string_view>

namespace coauth::twitter {

namespace {

constexpr std::string_view ask_again = "the user must sign in again";
constexpr std::string_view raise_level =
    "the app's access level or permissions lack this call; change them in the provider's developer portal, then let "
    "the user sign in again";
constexpr std::string_view asker_suspended = "the account that this access token belongs to is suspended";
constexpr std::string_view unlock = "the user must sign in on the provider's site and unlock the account";
constexpr std::string_view allowance_used_up = "the app's monthly allowance is used up; see the developer portal";
constexpr std::string_view register_callback =
    "register this very URL in the app's settings at the provider; it must match to the last slash";

template <class Key>
struct row {
    Key key;
    errc meaning;
    std::string_view hint;
};
using word_row = row<std::string_view>; ///< The word is in lower case.

constexpr row<int> by_code[] = {
    {17, errc::not_found, ""},
    {32, errc::invalid_credentials, ""},
    {34, errc::not_found, ""},
    {50, errc::not_found, ""},
    {63, errc::suspended, ""},
    {64, errc::suspended, asker_suspended},
    {68, errc::provider_error, "the provider has retired this version of its API; use api_version::v2"},
    {87, errc::forbidden, "the provider does not let this app make this call"},
    {88, errc::rate_limited, ""},
    {89, errc::token_revoked, ask_again},
    {92, errc::provider_error, "the provider requires TLS; use an https base URL"},
    {93, errc::access_level, raise_level},
    {99, errc::invalid_credentials, ""},
    {130, errc::provider_unavailable, ""},
    {131, errc::provider_unavailable, ""},
    {135, errc::clock_skew, ""},
    {136, errc::forbidden, "the user has blocked the account that asks"},
    {144, errc::not_found, ""},
    {161, errc::forbidden, "the account has reached the provider's limit of users it may follow for now"},
    {179, errc::forbidden, "the tweet is not shown to this account"},
    {185, errc::rate_limited, "the account has posted as often as the provider allows in a day"},
    {186, errc::provider_error, "the text is longer than the provider takes"},
    {187, errc::duplicate, "the account has posted this text already; treat it as done, or change the text"},
    {215, errc::invalid_credentials, ""},
    {220, errc::forbidden, "this call needs other credentials, such as a user's access token"},
    {226, errc::forbidden, "the provider takes this for automated behaviour; wait, and post less"},
    {231, errc::forbidden, "the user must confirm the login on the provider's site"},
    {261, errc::access_level, raise_level},
    {326, errc::account_locked, unlock},
    {344, errc::rate_limited, "the account has posted as often as the provider allows in a day"},
    {415, errc::callback_refused, register_callback},
    {416, errc::invalid_credentials, "the app is suspended or its key is no longer valid; see the developer portal"},
    {417, errc::callback_refused,
        "the provider knows this app as a desktop app, which may use the callback \"oob\" only; register a callback "
        "URL to change that"},
    {453, errc::access_level, raise_level},
};

constexpr word_row by_problem[] = {
    {"resource-not-found", errc::not_found, ""},
    {"not-authorized-for-resource", errc::forbidden, "this user or resource is not shown to the account that asks"},
    {"not-authorized-for-field", errc::forbidden, "a field is not shown to the account that asks"},
    {"client-forbidden", errc::access_level, raise_level},
    {"client-not-enrolled", errc::access_level, raise_level},
    {"oauth1-permissions", errc::access_level, raise_level},
    {"unsupported-authentication", errc::forbidden, "this call needs another kind of credentials"},
    // As with 402, and other than a rate limit: no wait helps.
    {"usage-capped", errc::access_level, allowance_used_up},
    {"invalid-request", errc::provider_error, ""},
};

// For responses without a code. The first that fits counts.
constexpr word_row by_words[] = {
    {"oauth_verifier", errc::invalid_verifier,
        "ask for the PIN again; if it is right, the login was not allowed yet or its PIN was used: begin a new login"},
    {"invalid request token", errc::token_revoked, ask_again},
    {"expired token", errc::token_revoked, ask_again},
    {"timestamp", errc::clock_skew, ""},
    {"callback url not approved", errc::callback_refused, register_callback},
    {"oauth_callback", errc::callback_refused, register_callback},
    {"signature", errc::invalid_credentials, ""},
    {"could not authenticate", errc::invalid_credentials, ""},
    {"duplicate content", errc::duplicate,
        "the account has posted this text already; treat it as done, or change the text"},
    {"has been suspended", errc::suspended, ""},
    {"your account is suspended", errc::suspended, asker_suspended},
    {"temporarily locked", errc::account_locked, unlock},
    {"usage cap exceeded", errc::access_level, allowance_used_up},
    {"oauth1 app permissions", errc::access_level, raise_level},
    {"over capacity", errc::provider_unavailable, ""},
};

template <class Key, std::size_t N, class Fits>
std::optional<meaning> find(const row<Key> (&rows)[N], Fits fits)
{
    const auto* const found = std::find_if(rows, rows + N, [&fits](const row<Key>& r) { return fits(r.key); });
    return found != rows + N ? std::optional(meaning(found->meaning, found->hint)) : std::nullopt;
}

template <std::size_t N>
std::optional<meaning> find_words(const word_row (&rows)[N], std::string_view text)
{
    const std::string lower = text::lowered(text);
    return find(rows, [&lower](std::string_view words) { return lower.find(words) != std::string::npos; });
}

// Where X means something else by a status than others do.
meaning by_status(int status, step at)
{
    switch (status) {
    case 401:
        return {errc::invalid_credentials, ""};
    case 402:
        return {errc::access_level, "the app's credit is used up; see the developer portal"};
    case 404:
        if (at == step::call)
            return {errc::not_found, ""};
        return {errc::provider_error, "no login was found at this address; check the API base URL and the paths"};
    case 420:
        return {errc::rate_limited, ""};
    default:
        return api::meaning_of_status(status, step::call);
    }
}

std::string_view check_credentials(step at)
{
    switch (at) {
    case step::request_token:
        return "check the consumer key and secret; if they are right, check that the API base URL names the host that "
               "is really called, for the signature covers it";
    case step::access_token:
        return "the consumer's secret or the request token's is not the one that the login began with; begin a new "
               "login";
    case step::renewal:
    case step::call:
        break;
    }
    return "check both pairs, the consumer's key and secret and the access token and its secret: they must belong "
           "together; the user may also have withdrawn the permission";
}

} // namespace

meaning meaning_of(const refusal& said, int status, step at)
{
    // A mistyped PIN: the words say more than the code that may come with them, which is a bad token's.
    const bool about_verifier =
        at == step::access_token && text::lowered(said.words).find("oauth_verifier") != std::string::npos;
    std::optional<meaning> found = about_verifier ? find_words(by_words, said.words)
                                                  : find(by_code, [&said](int code) { return said.code == code; });
    // A suspended user is "not found" to API 2, and only the words differ. They hold the name that was asked for, which
    // may be one of the table's.
    if (!found && !said.problem.empty() && text::lowered(said.words).find("has been suspended") != std::string::npos)
        found = meaning(errc::suspended, "");
    if (!found && !said.problem.empty())
        found = find_words(by_problem, said.problem);
    if (!found && !said.page)
        found = find_words(by_words, said.words);
    if (!found)
        found = by_status(status, at);

    // In leg 3 the only token is the request token, and a login can't be repeated.
    if (at == step::access_token && found->code == errc::token_revoked)
        return {errc::expired, "the request token is too old or was used before; begin a new login"};
    if (found->code == errc::invalid_credentials && found->hint.empty())
        found->hint = check_credentials(at);
    if (said.page && found->hint.empty())
        found->hint = api::page_hint;
    return *std::move(found);
}

} // namespace coauth::twitter
