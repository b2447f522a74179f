#include "session/tokens.hpp"

#include <utility>

namespace coauth::sessions {

namespace asio = boost::asio;

namespace {

allowance_rules rules_of(const session_options& o)
{
    return {o.rate_window, o.reset_jitter};
}

} // namespace

// A token on its way from the store. One that comes or goes meanwhile makes it stale.
class tokens::reading {
public:
    reading(tokens& in, const std::string& user_id) : in_(in)
    {
        const std::lock_guard lock(in_.mutex_);
        place_ = in_.readings_.emplace(user_id, this);
    }
    ~reading()
    {
        const std::lock_guard lock(in_.mutex_);
        in_.readings_.erase(place_);
    }
    reading(const reading&) = delete;
    reading& operator=(const reading&) = delete;

    bool stale = false; ///< Guarded by the tokens' mutex.

private:
    tokens& in_;
    std::unordered_multimap<std::string, reading*>::iterator place_;
};

person_ref tokens::held(const std::string& user_id)
{
    const std::lock_guard lock(mutex_);
    const auto found = held_.find(user_id);
    if (found == held_.end())
        return nullptr;
    used_.splice(used_.begin(), used_, found->second);
    return *found->second;
}

// With the lock held.
void tokens::forget(const std::string& user_id)
{
    make_stale(user_id);
    if (const auto found = held_.find(user_id); found != held_.end()) {
        used_.erase(found->second);
        held_.erase(found);
    }
}

// With the lock held.
void tokens::make_stale(const std::string& user_id)
{
    const auto [first, last] = readings_.equal_range(user_id);
    for (auto one = first; one != last; ++one)
        one->second->stale = true;
}

// With the lock held. Another may have been quicker.
person_ref tokens::hold(std::string user_id, store::stored_token found)
{
    if (const auto there = held_.find(user_id); there != held_.end())
        return *there->second;
    if (used_.size() >= with_->options.max_cached_tokens) {
        held_.erase(used_.back()->user_id);
        used_.pop_back();
    }
    used_.push_front(std::make_shared<person>(user_id, std::move(found.token), found.version, ++last_number_,
        rules_of(with_->options), with_->provider->one_limit_for_ids_and_names()));
    try {
        held_.emplace(std::move(user_id), used_.begin());
    } catch (...) {
        used_.pop_front();
        throw;
    }
    return used_.front();
}

std::uint64_t tokens::forget_all() noexcept
{
    const std::lock_guard lock(mutex_);
    held_.clear();
    used_.clear();
    return last_number_ + 1;
}

asio::awaitable<person_ref> tokens::find(std::string user_id)
{
    const auto self = shared_from_this();
    for (;;) {
        if (person_ref here = held(user_id))
            co_return here;
        const reading now(*this, user_id);
        std::optional<store::stored_token> found = co_await with_->options.tokens->find(user_id);
        const std::lock_guard lock(mutex_);
        if (now.stale)
            continue; // this person's token came or went meanwhile
        if (!found)
            throw error(errc::unknown_user).with_hint("let the person sign in, or hand their token to add_user");
        co_return hold(user_id, *std::move(found));
    }
}

asio::awaitable<void> tokens::put(std::string user_id, oauth1::access_token token)
{
    const auto self = shared_from_this();
    co_await with_->options.tokens->put(user_id, std::move(token));
    {
        // Read again when it is wanted: of two that were put at once the store knows which is the later.
        const std::lock_guard lock(mutex_);
        forget(user_id);
    }
    with_->tell(session_event(session_event::kind::token_added, std::move(user_id)));
}

asio::awaitable<bool> tokens::drop(person_ref who, std::optional<errc> why)
{
    const auto self = shared_from_this();
    {
        const std::lock_guard lock(mutex_);
        const auto found = held_.find(who->user_id);
        if (found != held_.end() && *found->second == who)
            forget(who->user_id);
        else
            make_stale(who->user_id);
    }
    const bool removed = co_await with_->options.tokens->remove(who->user_id, who->version);
    {
        // Someone may have read it once more before it was gone.
        const std::lock_guard lock(mutex_);
        const auto found = held_.find(who->user_id);
        if (found != held_.end() && (*found->second)->version == who->version)
            forget(who->user_id);
        else
            make_stale(who->user_id);
    }
    if (removed) {
        session_event event(session_event::kind::token_removed, who->user_id);
        event.why = why;
        with_->tell(event);
    }
    co_return removed;
}

} // namespace coauth::sessions
