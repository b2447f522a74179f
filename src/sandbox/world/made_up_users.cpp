#include "sandbox/world/made_up_users.hpp"

#include <coauth/text/ascii.hpp>

#include <algorithm>
#include <array>
#include <charconv>

namespace coauth::sandbox {

namespace {

// Ids have 19 digits: a client that reads them as doubles gets them wrong here, and not in production.
constexpr std::uint64_t first_id = 1'500'000'000'000'000'000;
constexpr std::uint64_t id_step = 1'000'003;

// A tweet's id grows with its time, as the real ones do: index first, author second.
constexpr std::uint64_t first_tweet_id = 1'800'000'000'000'000'000;
constexpr std::uint64_t most_users = 10'000'000;
constexpr std::size_t tweets_each = 30;
constexpr std::size_t mention_every = 5;

constexpr std::chrono::sys_seconds first_account{std::chrono::seconds(1'230'768'000)}; // 2009
constexpr std::chrono::sys_seconds first_tweet{std::chrono::seconds(1'767'225'600)};   // 2026

// Names as they occur: some would break a page or a parser that takes names for plain ASCII.
constexpr std::array given_names = {
    "Ada", "Grace", "Zoë", "Linus", "Margaret", "Søren", "美咲", "Олга", "Ben & Jo", "أمل"};
constexpr std::array family_names = {"Example", "Test", "Sandbox", "O'Loopback", "<Sample>", "Né", "Beispiel"};
constexpr std::array places = {"Berlin", "", "São Paulo", "Nairobi", "東京"};

constexpr std::array locales = {"de", "en", "pt-BR", "en", "ja"};

} // namespace

std::uint64_t made_up_users::id_of(std::size_t number) noexcept
{
    return first_id + number * id_step;
}

std::optional<std::size_t> made_up_users::number_of_id(std::uint64_t id) const noexcept
{
    if (id <= first_id || (id - first_id) % id_step != 0)
        return std::nullopt;
    const auto number = (id - first_id) / id_step;
    if (number > size_)
        return std::nullopt;
    return static_cast<std::size_t>(number);
}

std::optional<std::size_t> made_up_users::number_of_username(std::string_view username) const noexcept
{
    constexpr std::string_view prefix = "user_";
    if (username.size() <= prefix.size())
        return std::nullopt;
    if (!text::equal_ignoring_case(username.substr(0, prefix.size()), prefix))
        return std::nullopt;
    const auto digits = username.substr(prefix.size());
    std::size_t number = 0;
    const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (failure != std::errc() || end != digits.data() + digits.size() || digits.front() == '0' || number > size_)
        return std::nullopt;
    return number;
}

user made_up_users::at(std::size_t number) const
{
    const auto digits = std::to_string(number);
    user p;
    p.id = id_of(number);
    p.username = "user_" + digits;
    p.name = std::string(given_names[(number - 1) % given_names.size()]) + ' ' +
             family_names[(number - 1) / given_names.size() % family_names.size()];
    p.picture = "/profile_images/" + std::to_string(p.id) + "/user_" + digits + "_normal.png";
    if (number % 7 != 0)
        p.description = "User number " + digits + " of the sandbox. Not a real person.";
    p.location = places[(number - 1) % places.size()];
    if (number % 3 == 1)
        p.url = "https://example.com/people/" + digits;
    p.email = "user_" + digits + "@example.com";
    p.email_verified = number % 5 != 0;
    p.locale = locales[(number - 1) % locales.size()];
    p.is_protected = number % 6 == 0;
    p.verified = number % 4 == 0;
    p.followers_count = static_cast<std::int64_t>(follower_count(number));
    p.tweet_count = tweets_each;
    p.created_at = first_account + std::chrono::hours(number % 100'000);

    // Only user_1 has followers further along than the largest number of followers.
    for (std::size_t distance = 1; distance < 30 && distance < size_; ++distance) {
        const auto followed = wrapped(number + size_ - distance);
        p.following_count += followed != 1 && follows(number, followed);
    }
    p.following_count += number != 1 && follows(number, 1);
    return p;
}

std::size_t made_up_users::follower_count(std::size_t number) const noexcept
{
    // user_1 has enough for several pages; the others have a handful.
    return std::min(size_ - 1, number == 1 ? std::size_t{2500} : 5 + number % 20);
}

bool made_up_users::follows(std::size_t follower, std::size_t followed) const noexcept
{
    const auto distance = (follower + size_ - followed) % size_;
    return distance != 0 && distance <= follower_count(followed);
}

std::vector<std::uint64_t> made_up_users::followers_of(std::size_t number, std::size_t first, std::size_t count) const
{
    std::vector<std::uint64_t> ids;
    const auto all = follower_count(number);
    for (auto i = first; i < all && ids.size() < count; ++i)
        ids.push_back(id_of(wrapped(number + 1 + i)));
    return ids;
}

tweet made_up_users::made_up_tweet(std::size_t author, std::size_t index) const
{
    tweet t;
    t.id = first_tweet_id + index * most_users + author;
    t.author = id_of(author);
    t.created_at = first_tweet + std::chrono::hours(index) + std::chrono::seconds(author % 3600);
    t.text = "Tweet " + std::to_string(index) + " of user_" + std::to_string(author);
    if (index % mention_every == 0)
        t.text = "@user_" + std::to_string(wrapped(author + 1)) + " hello for the " +
                 std::to_string(index / mention_every) + ". time & good luck <3";
    return t;
}

std::vector<tweet> made_up_users::tweets_of(std::size_t number) const
{
    std::vector<tweet> tweets;
    for (auto index = tweets_each; index > 0; --index)
        tweets.push_back(made_up_tweet(number, index));
    return tweets;
}

std::vector<tweet> made_up_users::mentions_of(std::size_t number) const
{
    const auto author = wrapped(number + size_ - 1);
    std::vector<tweet> tweets;
    for (auto index = tweets_each / mention_every; index > 0; --index)
        tweets.push_back(made_up_tweet(author, index * mention_every));
    return tweets;
}

std::optional<tweet> made_up_users::tweet_by_id(std::uint64_t id) const
{
    if (id < first_tweet_id)
        return std::nullopt;
    const auto index = (id - first_tweet_id) / most_users;
    const auto author = (id - first_tweet_id) % most_users;
    if (index < 1 || index > tweets_each || author < 1 || author > size_)
        return std::nullopt;
    return made_up_tweet(static_cast<std::size_t>(author), static_cast<std::size_t>(index));
}

} // namespace coauth::sandbox
