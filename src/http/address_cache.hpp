// The addresses of hosts, for a short while, so that not every new connection waits for the system's resolver.
#pragma once

#include <coauth/http/origin.hpp>

#include <boost/asio/ip/tcp.hpp>

#include <chrono>
#include <cstddef>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace coauth::http {

/// Thread safety: safe.
class address_cache {
public:
    using time_point = std::chrono::steady_clock::time_point;
    using addresses = std::vector<boost::asio::ip::tcp::endpoint>;

    static constexpr std::chrono::seconds max_age{30};
    static constexpr std::size_t max_hosts = 64;

    /// Empty: not known, or too old.
    addresses find(const origin& host, time_point now)
    {
        const std::lock_guard lock(mutex_);
        const auto found = hosts_.find(host.url());
        return found != hosts_.end() && !found->second.is_old(now) ? found->second.known : addresses();
    }

    /// If there are too many hosts already, all that are too old are removed; if none is, this one is not kept.
    void keep(const origin& host, addresses found, time_point now)
    {
        const std::lock_guard lock(mutex_);
        if (hosts_.size() >= max_hosts)
            std::erase_if(hosts_, [now](const auto& e) { return e.second.is_old(now); });
        std::string url = host.url();
        if (hosts_.size() < max_hosts || hosts_.contains(url))
            hosts_.insert_or_assign(std::move(url), entry(std::move(found), now));
    }

    /// After no connection could be made: the addresses may have changed.
    void remove(const origin& host)
    {
        const std::lock_guard lock(mutex_);
        hosts_.erase(host.url());
    }

private:
    struct entry {
        entry(addresses known, time_point found_at) : known(std::move(known)), found_at(found_at) {}

        bool is_old(time_point now) const { return now - found_at >= max_age; }

        addresses known;
        time_point found_at;
    };

    std::mutex mutex_;
    std::map<std::string, entry> hosts_; // by URL
};

} // namespace coauth::http
