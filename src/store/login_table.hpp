// Pending logins in few bytes. No lock and no clock: those are the store's.
#pragma once

#include <coauth/store/login_store.hpp>

#include <boost/intrusive/list.hpp>
#include <boost/unordered/unordered_flat_map.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <new>

namespace coauth::store {

/// Spreads digests over buckets. Whoever chooses bindings can't choose buckets, for that takes the key.
class keyed_hash {
public:
    using key = std::array<std::uint64_t, 2>;
    using is_avalanching = void; // of digests

    explicit keyed_hash(const key& k) : key_(k) {}

    std::size_t operator()(const std::array<std::uint8_t, 16>& digest) const noexcept;

private:
    key key_;
};

/// What a memory store knows. All logins live equally long, so they are due in the order in which they
/// came: one list does for all deadlines.
///
/// `now` must not go backwards from call to call. What is due is gone, whoever calls first.
class login_table {
public:
    using time_point = std::chrono::steady_clock::time_point;

    /// Throws `errc::invalid_argument` for limits out of range.
    login_table(login_limits limits, const keyed_hash::key& key);
    ~login_table();

    login_table(const login_table&) = delete;
    login_table& operator=(const login_table&) = delete;

    const login_limits& limits() const noexcept { return limits_; }

    // As in `login_store`.
    void add(pending_login login, time_point now);
    login_store::counts count(const browser_digest& browser, time_point now);
    taken_login take(const login_id& id, const browser_digest& browser, time_point now);
    login_store::expiry expire(time_point now);

private:
    // Tells logins apart (`login_id`), and browsers where they are counted.
    using half_digest = std::array<std::uint8_t, 16>;

    // What the table knows of a login: a `living`, or what all that have ended alike share.
    struct known {
        explicit known(taken_login::status found) noexcept : found(found) {}

        const taken_login::status found; // by a callback from its browser
    };

    // One piece of memory with its texts, which are behind it: a secret and a string would be two more.
    struct living : known, boost::intrusive::list_base_hook<> {
        static std::unique_ptr<living> make(const pending_login& login, time_point due);

        /// Wipes the texts.
        void operator delete(living* gone, std::destroying_delete_t) noexcept;

        pending_login copy() const;

        const login_id id;
        const browser_digest browser;
        const time_point due;
        const std::uint32_t proof_size;
        const std::uint32_t return_to_size;

    private:
        living(const pending_login& login, time_point due) noexcept;

        std::size_t texts_size() const noexcept { return std::size_t{proof_size} + return_to_size; }
        char* texts() noexcept { return reinterpret_cast<char*>(this + 1); }
        const char* texts() const noexcept { return reinterpret_cast<const char*>(this + 1); }
    };

    struct ended {
        ended(const login_id& id, time_point until) : id(id), until(until) {}

        login_id id;
        time_point until;
    };

    using ids = boost::unordered_flat_map<half_digest, known*, keyed_hash>;
    using browsers = boost::unordered_flat_map<half_digest, std::uint32_t, keyed_hash>;

    void settle(time_point now);
    void remember(const login_id& id, time_point until);
    void end(ids::iterator place, browsers::iterator of_browser, known& as) noexcept;

    const login_limits limits_;
    boost::intrusive::list<living> living_; // the oldest first
    std::deque<ended> ended_;               // the first that ended first
    known replayed_{taken_login::status::replayed};
    known expired_{taken_login::status::expired};
    ids by_id_;
    browsers of_browser_; // how many live
    std::size_t newly_expired_ = 0;
};

} // namespace coauth::store
