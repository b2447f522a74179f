#include "sandbox/world/world.hpp"

#include <coauth/text/ascii.hpp>

#include <algorithm>
#include <utility>

namespace coauth::sandbox {

namespace {

bool is_word(char c) noexcept
{
    return text::is_letter_or_digit(c) || c == '_';
}

// True if `text` says @username, in any case and as a whole word.
bool mentions(std::string_view text, std::string_view username)
{
    const auto haystack = text::lowered(text);
    const auto needle = '@' + text::lowered(username);
    for (auto at = haystack.find(needle); at != std::string::npos; at = haystack.find(needle, at + 1)) {
        const auto end = at + needle.size();
        if ((at == 0 || !is_word(haystack[at - 1])) && (end == haystack.size() || !is_word(haystack[end])))
            return true;
    }
    return false;
}

void newest_first(std::vector<tweet>& tweets)
{
    std::sort(tweets.begin(), tweets.end(), [](const tweet& a, const tweet& b) { return a.id > b.id; });
}

} // namespace

world::world(std::size_t made_up) : made_up_(made_up)
{}

void world::add_app(app a)
{
    if (first_app_.empty())
        first_app_ = a.key;
    auto key = a.key;
    apps_.insert_or_assign(std::move(key), std::move(a));
}

const app* world::find_app(std::string_view key) const
{
    const auto found = apps_.find(key);
    return found == apps_.end() ? nullptr : &found->second;
}

bool world::add_user(user p)
{
    listed_ = true;
    const auto id = p.id;
    auto name = text::lowered(p.username);
    if (users_.contains(id) || by_username_.contains(name))
        return false;
    users_.emplace(id, std::move(p));
    by_username_.emplace(std::move(name), id);
    order_.push_back(id);
    return true;
}

std::size_t world::users() const noexcept
{
    return listed_ ? users_.size() : made_up_.size();
}

std::optional<user> world::user_by_id(std::uint64_t id) const
{
    std::optional<user> found;
    if (listed_) {
        const auto at = users_.find(id);
        if (at != users_.end())
            found = at->second;
    } else if (const auto number = made_up_.number_of_id(id)) {
        found = made_up_.at(*number);
    }
    if (found) {
        const auto change = tweet_change_.find(id);
        if (change != tweet_change_.end())
            found->tweet_count += change->second;
    }
    return found;
}

std::optional<user> world::user_by_username(std::string_view username) const
{
    if (listed_) {
        const auto at = by_username_.find(text::lowered(username));
        return at == by_username_.end() ? std::nullopt : user_by_id(at->second);
    }
    const auto number = made_up_.number_of_username(username);
    return number ? user_by_id(made_up_users::id_of(*number)) : std::nullopt;
}

std::optional<user> world::user_or_default(std::string_view username) const
{
    if (!username.empty())
        return user_by_username(username);
    // None that is made up is suspended.
    for (const auto id : order_)
        if (!users_.at(id).suspended)
            return user_by_id(id);
    return first_users(1).front();
}

std::vector<user> world::first_users(std::size_t count) const
{
    std::vector<user> first;
    for (std::size_t i = 0; i < std::min(count, users()); ++i)
        first.push_back(*user_by_id(listed_ ? order_[i] : made_up_users::id_of(i + 1)));
    return first;
}

void world::count_tweet(std::uint64_t author, int change)
{
    tweet_change_[author] += change;
}

bool world::add_tweet(tweet t)
{
    if (tweet_by_id(t.id) || erased_.contains(t.id))
        return false;
    next_tweet_id_ = std::max(next_tweet_id_, t.id + 1);
    const auto id = t.id;
    auto& change = tweet_change_[t.author];
    auto& of_author = tweets_by_author_[t.author];
    const auto added = tweets_.emplace(id, std::move(t)).first;
    try {
        of_author.insert(id);
    } catch (...) {
        tweets_.erase(added);
        throw;
    }
    ++change;
    return true;
}

tweet world::post(std::uint64_t author, std::string text, std::uint64_t reply_to, std::chrono::sys_seconds now)
{
    tweet t;
    t.id = next_tweet_id_++;
    t.author = author;
    t.text = std::move(text);
    t.created_at = now;
    t.reply_to = reply_to;
    add_tweet(t);
    return t;
}

bool world::erase_tweet(std::uint64_t id)
{
    const auto found = tweet_by_id(id);
    if (!found)
        return false;
    count_tweet(found->author, -1);
    if (tweets_.erase(id) != 0)
        tweets_by_author_[found->author].erase(id);
    erased_.insert(id);
    return true;
}

std::optional<tweet> world::tweet_by_id(std::uint64_t id) const
{
    if (erased_.contains(id))
        return std::nullopt;
    const auto found = tweets_.find(id);
    if (found != tweets_.end())
        return found->second;
    return listed_ ? std::nullopt : made_up_.tweet_by_id(id);
}

std::vector<tweet> world::tweets_of(std::uint64_t author) const
{
    std::vector<tweet> found;
    if (const auto own = tweets_by_author_.find(author); own != tweets_by_author_.end())
        for (const auto id : own->second)
            found.push_back(tweets_.at(id));
    if (const auto number = listed_ ? std::nullopt : made_up_.number_of_id(author))
        for (auto& t : made_up_.tweets_of(*number))
            if (!erased_.contains(t.id))
                found.push_back(std::move(t));
    newest_first(found);
    return found;
}

std::vector<tweet> world::mentions_of(std::uint64_t user) const
{
    std::vector<tweet> found;
    const auto p = user_by_id(user);
    if (!p)
        return found;
    for (const auto& [id, t] : tweets_)
        if (mentions(t.text, p->username))
            found.push_back(t);
    if (const auto number = listed_ ? std::nullopt : made_up_.number_of_id(user))
        for (auto& t : made_up_.mentions_of(*number))
            if (!erased_.contains(t.id))
                found.push_back(std::move(t));
    newest_first(found);
    return found;
}

bool world::posted_before(std::uint64_t author, std::string_view text) const
{
    const auto own = tweets_by_author_.find(author);
    return own != tweets_by_author_.end() && std::any_of(own->second.begin(), own->second.end(),
                                                 [&](std::uint64_t id) { return tweets_.at(id).text == text; });
}

void world::add_follow(std::uint64_t follower, std::uint64_t followed)
{
    if (!follows(follower, followed))
        followers_[followed].push_back(follower);
}

bool world::follows(std::uint64_t follower, std::uint64_t followed) const
{
    if (const auto list = followers_.find(followed);
        list != followers_.end() && std::find(list->second.begin(), list->second.end(), follower) != list->second.end())
        return true;
    if (listed_)
        return false;
    const auto a = made_up_.number_of_id(follower);
    const auto b = made_up_.number_of_id(followed);
    return a && b && made_up_.follows(*a, *b);
}

std::vector<std::uint64_t> world::followers_of(std::uint64_t user, std::size_t first, std::size_t count) const
{
    std::vector<std::uint64_t> found;
    std::size_t listed = 0;
    if (const auto list = followers_.find(user); list != followers_.end()) {
        listed = list->second.size();
        for (auto i = first; i < listed && found.size() < count; ++i)
            found.push_back(list->second[listed - 1 - i]);
    }
    if (const auto number = listed_ ? std::nullopt : made_up_.number_of_id(user)) {
        const auto made_up = made_up_.followers_of(*number, first > listed ? first - listed : 0, count - found.size());
        found.insert(found.end(), made_up.begin(), made_up.end());
    }
    return found;
}

bool world::add_grant(grant g)
{
    if (grants_.contains(g.token))
        return false;
    auto token = g.token;
    grants_by_user_[{g.consumer_key, g.user}].push_back(token);
    grants_.emplace(std::move(token), std::move(g));
    return true;
}

const grant* world::find_grant(std::string_view token) const
{
    const auto found = grants_.find(token);
    return found == grants_.end() ? nullptr : &found->second;
}

const grant* world::find_grant(std::string_view consumer_key, std::uint64_t user, bool may_write) const
{
    const auto tokens = grants_by_user_.find({std::string(consumer_key), user});
    if (tokens == grants_by_user_.end())
        return nullptr;
    for (const auto& token : tokens->second)
        if (const auto* g = find_grant(token); g && g->may_write == may_write)
            return g;
    return nullptr;
}

bool world::revoke(std::string_view token)
{
    const auto found = grants_.find(token);
    if (found == grants_.end())
        return false;
    std::erase(grants_by_user_[{found->second.consumer_key, found->second.user}], found->first);
    grants_.erase(found);
    return true;
}

void world::add_bearer(std::string token, std::string consumer_key)
{
    bearers_.insert_or_assign(std::move(token), std::move(consumer_key));
}

const std::string* world::find_bearer(std::string_view token) const
{
    const auto found = bearers_.find(token);
    return found == bearers_.end() ? nullptr : &found->second;
}

const std::string* world::bearer_of(std::string_view consumer_key) const
{
    for (const auto& [token, key] : bearers_)
        if (key == consumer_key)
            return &token;
    return nullptr;
}

} // namespace coauth::sandbox
