#include "login_server/people.hpp"

namespace login_server {

void people::signed_in(const coauth::user_key& user)
{
    const std::lock_guard lock(mutex_);
    known_[user].wants_filling = true;
}

card people::card_of(const coauth::user_key& user) const
{
    const std::lock_guard lock(mutex_);
    const auto found = known_.find(user);
    return found == known_.end() ? card() : found->second.shown;
}

coauth::profile people::profile_of(const coauth::user_key& user) const
{
    const std::lock_guard lock(mutex_);
    const auto found = known_.find(user);
    return found == known_.end() ? coauth::profile() : found->second.profile;
}

bool people::wants_filling(const coauth::user_key& user) const
{
    const std::lock_guard lock(mutex_);
    const auto found = known_.find(user);
    return found == known_.end() || found->second.wants_filling;
}

void people::fill(const coauth::user_key& user, const coauth::profile& profile)
{
    const std::lock_guard lock(mutex_);
    const bool is_new = !known_.contains(user);
    person& filled = known_[user];
    // Another reload may have been quicker, and the person may have edited the card since.
    if (!is_new && !filled.wants_filling)
        return;
    filled.profile = profile;
    fill_in(filled.shown, profile);
    filled.wants_filling = false;
}

void people::save(const coauth::user_key& user, card typed)
{
    const std::lock_guard lock(mutex_);
    person& saved = known_[user];
    saved.shown = std::move(typed);
    saved.wants_filling = false;
}

std::shared_ptr<const news> people::news_of(
    const coauth::user_key& user, std::chrono::steady_clock::time_point now, std::chrono::seconds age) const
{
    const std::lock_guard lock(mutex_);
    const auto found = known_.find(user);
    if (found == known_.end() || !found->second.latest || found->second.latest->at + age < now)
        return nullptr;
    return found->second.latest;
}

void people::keep_news(const coauth::user_key& user, std::shared_ptr<const news> latest)
{
    const std::lock_guard lock(mutex_);
    known_[user].latest = std::move(latest);
}

} // namespace login_server
