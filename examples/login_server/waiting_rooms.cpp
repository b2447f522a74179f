#include "login_server/waiting_rooms.hpp"

#include <coauth/secret.hpp>

namespace login_server {

std::optional<std::string> waiting_rooms::open(coauth::login begun, time_point now, std::chrono::milliseconds keep)
{
    std::string id(coauth::browser_binding::random().reveal());
    const std::lock_guard lock(mutex_);
    while (!in_order_.empty() && rooms_.find(in_order_.front())->second.until <= now) {
        rooms_.erase(rooms_.find(in_order_.front()));
        in_order_.pop_front();
    }
    if (rooms_.size() >= most)
        return std::nullopt;
    rooms_.emplace(id, room(std::move(begun), now + keep));
    in_order_.push_back(id);
    return id;
}

std::optional<coauth::login> waiting_rooms::find(
    std::string_view id, const coauth::browser_binding& browser, time_point now) const
{
    const std::lock_guard lock(mutex_);
    const auto found = rooms_.find(id);
    if (found == rooms_.end() || found->second.until <= now ||
        !coauth::equal_in_constant_time(found->second.begun.binding.reveal(), browser.reveal()))
        return std::nullopt;
    return found->second.begun;
}

} // namespace login_server
