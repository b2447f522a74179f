#include "sandbox/oauth1/logins.hpp"

#include <utility>

namespace coauth::sandbox {

namespace {

constexpr std::size_t token_size = 27;
constexpr std::size_t secret_size = 32;
constexpr std::size_t verifier_size = 32;
constexpr std::size_t pin_size = 7;

// Ended logins are remembered this much longer than they could live.
constexpr std::chrono::hours remembered{1};
constexpr std::size_t most_logins = 1'000'000;

} // namespace

const login& logins::issue(std::string consumer_key, std::string callback, bool may_write, const random_source& random,
    std::chrono::sys_seconds now)
{
    forget_old(now);
    login l;
    l.token = random_text(random, token_size);
    l.secret = secret(random_text(random, secret_size));
    l.consumer_key = std::move(consumer_key);
    l.callback = std::move(callback);
    l.may_write = may_write;
    l.issued = now;
    auto token = l.token;
    oldest_first_.push_back(token);
    try {
        return by_token_.insert_or_assign(std::move(token), std::move(l)).first->second;
    } catch (...) {
        oldest_first_.pop_back();
        throw;
    }
}

login* logins::living(std::string_view token, std::chrono::sys_seconds now)
{
    const auto found = by_token_.find(std::string(token));
    if (found == by_token_.end())
        return nullptr;
    auto& l = found->second;
    const bool open = l.state == login_state::issued || l.state == login_state::authorized;
    if (open && now - l.issued >= ttl_)
        l.state = login_state::expired;
    return &l;
}

const login* logins::find(std::string_view token, std::chrono::sys_seconds now)
{
    return living(token, now);
}

const secret* logins::secret_of(std::string_view consumer_key, std::string_view token) const
{
    const auto found = by_token_.find(std::string(token));
    if (found == by_token_.end() || found->second.consumer_key != consumer_key)
        return nullptr;
    return &found->second.secret;
}

bool logins::authorize(
    std::string_view token, std::uint64_t user, const random_source& random, std::chrono::sys_seconds now)
{
    auto* l = living(token, now);
    if (!l || l->state != login_state::issued)
        return false;
    l->state = login_state::authorized;
    l->user = user;
    l->verifier = l->out_of_band() ? random_digits(random, pin_size) : random_text(random, verifier_size);
    return true;
}

bool logins::deny(std::string_view token, std::chrono::sys_seconds now)
{
    auto* l = living(token, now);
    if (!l || l->state != login_state::issued)
        return false;
    l->state = login_state::denied;
    return true;
}

exchange_outcome logins::exchange(
    std::string_view consumer_key, std::string_view token, std::string_view verifier, std::chrono::sys_seconds now)
{
    auto* l = living(token, now);
    if (!l || l->consumer_key != consumer_key)
        return exchange_outcome::unknown;
    switch (l->state) {
    case login_state::issued:
        return exchange_outcome::not_authorized;
    case login_state::exchanged:
        return exchange_outcome::used;
    case login_state::denied:
        return exchange_outcome::denied;
    case login_state::expired:
        return exchange_outcome::expired;
    case login_state::authorized:
        break;
    }
    if (!equal_in_constant_time(l->verifier, verifier)) {
        ++l->wrong_verifiers;
        if (l->gave_up())
            l->state = login_state::expired;
        return exchange_outcome::wrong_verifier;
    }
    l->state = login_state::exchanged;
    return exchange_outcome::granted;
}

void logins::forget_old(std::chrono::sys_seconds now)
{
    while (!oldest_first_.empty()) {
        const auto oldest = by_token_.find(oldest_first_.front());
        const bool old = now - oldest->second.issued >= ttl_ + remembered;
        if (!old && oldest_first_.size() < most_logins)
            return;
        by_token_.erase(oldest);
        oldest_first_.pop_front();
    }
}

void logins::clear()
{
    by_token_.clear();
    oldest_first_.clear();
}

} // namespace coauth::sandbox
