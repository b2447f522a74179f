#include "http/address_cache.hpp"

namespace coauth::http {

address_cache::addresses address_cache::find(const origin& host, time_point now)
{
    const std::lock_guard lock(mutex_);
    const auto found = hosts_.find(host.url());
    if (found == hosts_.end() || now - found->second.found_at >= max_age)
        return {};
    return found->second.known;
}

void address_cache::keep(const origin& host, addresses found, time_point now)
{
    const std::lock_guard lock(mutex_);
    if (hosts_.size() >= max_hosts)
        std::erase_if(hosts_, [now](const auto& e) { return now - e.second.found_at >= max_age; });
    std::string url = host.url();
    if (hosts_.size() < max_hosts || hosts_.contains(url))
        hosts_.insert_or_assign(std::move(url), entry(std::move(found), now));
}

void address_cache::remove(const origin& host)
{
    const std::lock_guard lock(mutex_);
    hosts_.erase(host.url());
}

} // namespace coauth::http
