#include "login_server/people.hpp"

namespace login_server {

void people::signed_in(const std::string& user_id)
{
    const std::lock_guard lock(mutex_);
    known_[user_id].wants_filling = true;
}

card people::card_of(const std::string& user_id) const
{
    const std::lock_guard lock(mutex_);
    const auto found = known_.find(user_id);
    return found == known_.end() ? card() : found->second.shown;
}

bool people::wants_filling(const std::string& user_id) const
{
    const std::lock_guard lock(mutex_);
    const auto found = known_.find(user_id);
    return found != known_.end() && found->second.wants_filling;
}

void people::fill(const std::string& user_id, const coauth::profile& profile)
{
    const std::lock_guard lock(mutex_);
    const auto found = known_.find(user_id);
    // Somebody else's reload may have been quicker, and the person may have edited the card since.
    if (found == known_.end() || !found->second.wants_filling)
        return;
    fill_in(found->second.shown, profile);
    found->second.wants_filling = false;
}

void people::save(const std::string& user_id, card typed)
{
    const std::lock_guard lock(mutex_);
    person& saved = known_[user_id];
    saved.shown = std::move(typed);
    saved.wants_filling = false;
}

std::shared_ptr<const news> people::news_of(
    const std::string& user_id, std::chrono::steady_clock::time_point now, std::chrono::seconds age) const
{
    const std::lock_guard lock(mutex_);
    const auto found = known_.find(user_id);
    if (found == known_.end() || !found->second.latest || found->second.latest->at + age < now)
        return nullptr;
    return found->second.latest;
}

void people::keep_news(const std::string& user_id, std::shared_ptr<const news> latest)
{
    const std::lock_guard lock(mutex_);
    const auto found = known_.find(user_id);
    if (found != known_.end())
        found->second.latest = std::move(latest);
}

} // namespace login_server
