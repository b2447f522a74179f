// People's access tokens: the store, and what is held beside it.
#pragma once

#include "session/lookups/person.hpp"
#include "session/setup.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

namespace coauth::sessions {

/// Hold it in a `shared_ptr`; operations under way keep it.
///
/// Thread safety: safe.
class tokens : public std::enable_shared_from_this<tokens> {
public:
    explicit tokens(std::shared_ptr<const setup> with) : with_(std::move(with)) {}

    /// Who `user_id` is, from here or from the store. Throws `errc::unknown_user`.
    boost::asio::awaitable<person_ref> find(std::string user_id);

    /// Null if it is not held here.
    person_ref held(const std::string& user_id);

    boost::asio::awaitable<void> put(std::string user_id, oauth1::access_token token);

    /// Forgets this token, here and in the store; one that came meanwhile stays. `why`: what the
    /// provider said, if it did. Returns whether it was still there.
    boost::asio::awaitable<bool> drop(person_ref who, std::optional<errc> why);

    /// Forgets what is held beside the store: what is found from now on has this number, or a higher one.
    std::uint64_t forget_all() noexcept;

private:
    using order = std::list<person_ref>;
    class reading;

    person_ref hold(std::string user_id, store::stored_token found);
    void forget(const std::string& user_id);
    void make_stale(const std::string& user_id);

    const std::shared_ptr<const setup> with_;
    std::mutex mutex_;
    order used_; ///< The latest first.
    std::unordered_map<std::string, order::iterator> held_;
    std::unordered_multimap<std::string, reading*> readings_; ///< By user id, under way.
    std::uint64_t last_number_ = 0;
};

} // namespace coauth::sessions
