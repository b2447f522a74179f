// Pending logins in few bytes. No lock and no clock: those are the store's.
#pragma once

#include <coauth/secret.hpp>
#include <coauth/store/login_store.hpp>

#include <boost/multi_index/hashed_index.hpp>
#include <boost/multi_index/member.hpp>
#include <boost/multi_index/sequenced_index.hpp>
#include <boost/multi_index_container.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace coauth::store {

/// Spreads digests over buckets. Whoever chooses bindings can't choose buckets, for that takes the key.
class keyed_hash {
public:
    using key = std::array<std::uint64_t, 2>;

    explicit keyed_hash(const key& k) : key_(k) {}

    std::size_t operator()(const login_id& id) const noexcept { return mix(id.octets.data()); }
    std::size_t operator()(const browser_digest& browser) const noexcept { return mix(browser.octets.data()); }

private:
    std::size_t mix(const std::uint8_t* sixteen_octets) const noexcept;

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

    const login_limits& limits() const noexcept { return limits_; }

    // As in `login_store`.
    void add(pending_login login, time_point now);
    login_store::counts count(const browser_digest& browser, time_point now);
    taken_login take(const login_id& id, const browser_digest& browser, time_point now);
    login_store::expiry expire(time_point now);

private:
    // Both texts are in one piece of memory: two strings would be two.
    class living {
    public:
        living(pending_login&& login, time_point due);

        /// Takes the texts out.
        pending_login take() const;

        login_id id;
        browser_digest browser;
        time_point due;

    private:
        mutable secret texts_; // proof, return_to
        std::size_t proof_size_;
    };

    struct spent {
        spent(const login_id& id, time_point until, taken_login::status what) : id(id), until(until), what(what) {}

        login_id id;
        time_point until;
        taken_login::status what;
    };

    struct same_browser {
        bool operator()(const browser_digest& a, const browser_digest& b) const noexcept { return a.matches(b); }
    };
    struct by_age;
    struct by_id;
    struct by_browser;
    template <class Record>
    using index_by_id = boost::multi_index::hashed_unique<boost::multi_index::tag<by_id>,
        boost::multi_index::member<Record, login_id, &Record::id>, keyed_hash>;
    using living_logins = boost::multi_index_container<living,
        boost::multi_index::indexed_by<boost::multi_index::sequenced<boost::multi_index::tag<by_age>>,
            index_by_id<living>,
            boost::multi_index::hashed_non_unique<boost::multi_index::tag<by_browser>,
                boost::multi_index::member<living, browser_digest, &living::browser>, keyed_hash, same_browser>>>;
    using spent_logins = boost::multi_index_container<spent,
        boost::multi_index::indexed_by<boost::multi_index::sequenced<boost::multi_index::tag<by_age>>,
            index_by_id<spent>>>;

    void settle(time_point now);
    void remember(const login_id& id, time_point until, taken_login::status what);

    const login_limits limits_;
    living_logins living_;
    spent_logins spent_;
    std::size_t expired_ = 0;
};

} // namespace coauth::store
