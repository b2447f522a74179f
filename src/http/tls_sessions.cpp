#include "http/tls_sessions.hpp"

#include <algorithm>

namespace coauth::http {

void tls_session::release::operator()(SSL_SESSION* session) const noexcept
{
    SSL_SESSION_free(session);
}

tls_sessions::tls_sessions(std::size_t max_per_origin, std::shared_ptr<const clock> clock)
    : max_per_origin_(max_per_origin), clock_(std::move(clock))
{}

std::optional<tls_session> tls_sessions::take(const origin& to)
{
    const auto now = clock_->steady_now();
    const auto today =
        std::chrono::floor<std::chrono::seconds>(clock_->now()); // ends of year 9999 fit in no finer time
    const std::lock_guard lock(mutex_);
    const auto found = origins_.find(key_of(to));
    if (found == origins_.end())
        return std::nullopt;
    auto& sessions = found->second.sessions;
    std::erase_if(
        sessions, [&](const tls_session& s) { return now - s.verified >= max_age || today >= s.certificate_end; });
    std::optional<tls_session> newest;
    if (!sessions.empty()) {
        newest = std::move(sessions.back());
        sessions.pop_back();
    }
    if (sessions.empty())
        origins_.erase(found);
    return newest;
}

void tls_sessions::keep(const origin& to, tls_session session)
{
    const auto now = clock_->steady_now();
    const std::lock_guard lock(mutex_);
    const auto earliest = [](const auto& a, const auto& b) { return a.second.kept_at < b.second.kept_at; };
    key k = key_of(to);
    if (origins_.size() >= max_origins && !origins_.contains(k))
        origins_.erase(std::min_element(origins_.begin(), origins_.end(), earliest));
    entry& e = origins_[std::move(k)];
    e.kept_at = now;
    e.sessions.push_back(std::move(session));
    if (e.sessions.size() > max_per_origin_)
        e.sessions.erase(e.sessions.begin());
}

void tls_sessions::remove(const origin& to)
{
    const std::lock_guard lock(mutex_);
    origins_.erase(key_of(to));
}

void tls_sessions::clear()
{
    const std::lock_guard lock(mutex_);
    origins_.clear();
}

} // namespace coauth::http
