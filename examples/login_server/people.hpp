// The people this site knows.
#pragma once

#include "login_server/card.hpp"

#include <coauth/twitter/tweet.hpp>

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
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

/// A person's card, under the id at the provider: user names change hands, ids don't. A real site has
/// its database here.
///
/// Thread safety: safe; short mutex sections.
class people {
public:
    /// A login was granted: what is empty in the person's card may be filled in once more.
    void signed_in(const std::string& user_id);

    /// Empty for a stranger.
    card card_of(const std::string& user_id) const;

    /// True from a login until `fill`.
    bool wants_filling(const std::string& user_id) const;
    void fill(const std::string& user_id, const coauth::profile& profile);

    void save(const std::string& user_id, card typed);

    /// Null if there are none, or if they are older than `age`.
    std::shared_ptr<const news> news_of(
        const std::string& user_id, std::chrono::steady_clock::time_point now, std::chrono::seconds age) const;
    void keep_news(const std::string& user_id, std::shared_ptr<const news> latest);

private:
    struct person {
        person() = default;

        card shown;
        bool wants_filling = false;
        std::shared_ptr<const news> latest;
    };

    mutable std::mutex mutex_;
    std::unordered_map<std::string, person> known_;
};

} // namespace login_server
