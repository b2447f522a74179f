// Lookups whose credential the provider refused: made again with a renewed one.
#include "session/lookups/lookups.hpp"
#include "session/user_classes.hpp"

#include <algorithm>
#include <new>
#include <utility>

namespace coauth::sessions {

namespace asio = boost::asio;

namespace {

bool is_refused(const lookup_ptr& found)
{
    return found->outcome == coauth::lookup_outcome::failed && found->why &&
           found->why->reason() == errc::token_revoked;
}

} // namespace

bool lookups::has_refused(const lookup_call& call)
{
    return std::any_of(call.results.begin(), call.results.end(), is_refused);
}

asio::awaitable<call_results> lookups::look_up_refused(owner_ptr owner, std::shared_ptr<lookup_call> call, attempt made)
{
    call_results results(*call);
    if (made == attempt::renewed) { // one that is refused, too, does not help
        co_await tokens_->drop(owner, errc::token_revoked);
        co_return results;
    }
    std::vector<std::size_t> places;
    std::vector<coauth::user_ref> users;
    for (std::size_t place = 0; place < results.outcomes.size(); ++place)
        if (is_refused(results.outcomes[place])) {
            places.push_back(place);
            users.push_back(call->users[place]);
        }
    std::optional<error> failed;
    call_results again;
    try {
        co_await tokens_->renew(owner);
        again = co_await look_up(owner->user_id, std::move(users), call->max_wait, attempt::renewed);
    } catch (const std::bad_alloc&) {
        throw;
    } catch (...) {
        failed = error_to_hand_on();
    }
    if (failed && failed->reason() == errc::cancelled)
        throw *failed;
    for (std::size_t i = 0; i < places.size(); ++i) {
        results.outcomes[places[i]] = failed ? failure_of(call->users[places[i]], *failed) : again.outcomes[i];
        results.reused[places[i]] = !failed && again.reused[i];
        results.unshared[places[i]] = !failed && again.unshared[i];
    }
    co_return results;
}

} // namespace coauth::sessions
