#include "site/waiting_logins.hpp"

#include <coauth/secret.hpp>

namespace coauth::site {

std::optional<std::string> waiting_logins::add(waiting_login entry, time_point now, std::chrono::milliseconds lifetime)
{
    std::string id(browser_binding::random().reveal());
    const std::lock_guard lock(mutex_);
    while (!in_order_.empty() && rows_.find(in_order_.front())->second.until <= now) {
        rows_.erase(rows_.find(in_order_.front()));
        in_order_.pop_front();
    }
    if (rows_.size() >= max_size)
        return std::nullopt;
    in_order_.push_back(id);
    try {
        rows_.emplace(id, row(std::move(entry), now + lifetime));
    } catch (...) {
        in_order_.pop_back();
        throw;
    }
    return id;
}

std::optional<waiting_logins::waiting_login> waiting_logins::find(
    std::string_view id, const browser_binding& browser, time_point now) const
{
    const std::lock_guard lock(mutex_);
    const auto found = rows_.find(id);
    if (found == rows_.end() || found->second.until <= now ||
        !equal_in_constant_time(found->second.entry.begun.binding.reveal(), browser.reveal()))
        return std::nullopt;
    return found->second.entry;
}

} // namespace coauth::site
