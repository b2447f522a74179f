// The people this site knows.
#pragma once

#include "login_server/card.hpp"

#include <coauth/identity/user.hpp>
#include <coauth/twitter/tweet.hpp>

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace login_server {

/// What the provider told lately of a person: shown, not kept.
struct news {
    news() = default;

    std::vector<coauth::twitter::tweet> tweets;
    std::vector<coauth::profile> followers;
    std::string tweets_problem;    ///< Why there are none, in words for the person; else empty.
    std::string followers_problem; ///< The same.
    std::chrono::steady_clock::time_point at;
};

/// A person's card, under the provider and the id there: user names change hands, ids don't. A real site has
/// its database here.
///
/// Thread safety: safe; short mutex sections.
class people {
public:
    /// A login was granted: what is empty in the person's card may be filled in once more.
    void signed_in(const coauth::user_key& user);

    /// Empty for a stranger.
    card card_of(const coauth::user_key& user) const;

    /// As the provider told it after the latest login; without an id before.
    coauth::profile profile_of(const coauth::user_key& user) const;

    /// True from a login until `fill`, and of a person that only another process or an earlier run knew.
    bool wants_filling(const coauth::user_key& user) const;
    void fill(const coauth::user_key& user, const coauth::profile& profile);

    void save(const coauth::user_key& user, card typed);

    /// Null if there are none, or if they are older than `age`.
    std::shared_ptr<const news> news_of(
        const coauth::user_key& user, std::chrono::steady_clock::time_point now, std::chrono::seconds age) const;
    void keep_news(const coauth::user_key& user, std::shared_ptr<const news> latest);

private:
    struct person {
        person() = default;

        card shown;
        coauth::profile profile;
        bool wants_filling = false;
        std::shared_ptr<const news> latest;
    };

    mutable std::mutex mutex_;
    std::map<coauth::user_key, person> known_;
};

} // namespace login_server
