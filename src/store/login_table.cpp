#include "store/login_table.hpp"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <new>
#include <string>
#include <utility>

namespace coauth::store {

std::size_t keyed_hash::mix(const std::uint8_t* sixteen_octets) const noexcept
{
    std::array<std::uint64_t, 2> words{};
    std::memcpy(words.data(), sixteen_octets, sizeof words);
    const std::uint64_t sum = (words[0] ^ key_[1]) * (key_[0] | 1) + words[1] * (key_[1] | 1);
    return static_cast<std::size_t>(sum ^ (sum >> 32));
}

login_table::living::living(pending_login&& login, time_point due)
    : id(login.id), browser(login.browser), due(due), proof_size_(login.proof.size())
{
    if (login.return_to.empty()) {
        texts_ = std::move(login.proof);
        return;
    }
    std::string joined;
    joined.reserve(login.proof.size() + login.return_to.size());
    joined += login.proof.reveal();
    joined += login.return_to;
    texts_ = secret(std::move(joined));
}

pending_login login_table::living::take() const
{
    if (texts_.size() == proof_size_)
        return pending_login(id, std::move(texts_), browser);
    const auto texts = texts_.reveal();
    return pending_login(id, secret(texts.substr(0, proof_size_)), browser, std::string(texts.substr(proof_size_)));
}

login_table::login_table(login_limits limits, const keyed_hash::key& key)
    : limits_(limits), living_(boost::make_tuple(living_logins::index<by_age>::type::ctor_args(),
                           boost::make_tuple(0, boost::multi_index::member<living, login_id, &living::id>(),
                               keyed_hash(key), std::equal_to<login_id>()),
                           boost::make_tuple(0, boost::multi_index::member<living, browser_digest, &living::browser>(),
                               keyed_hash(key), same_browser()))),
      spent_(boost::make_tuple(spent_logins::index<by_age>::type::ctor_args(),
          boost::make_tuple(0, boost::multi_index::member<spent, login_id, &spent::id>(), keyed_hash(key),
              std::equal_to<login_id>())))
{
    check(limits_);
}

void login_table::add(pending_login login, time_point now)
{
    settle(now);
    if (living_.get<by_id>().contains(login.id) || spent_.get<by_id>().contains(login.id))
        throw error(errc::provider_error, "the provider gave one login's key twice")
            .with_hint("the login can't be told from an earlier one; begin again");
    if (living_.size() >= limits_.max_pending)
        throw too_many_logins(limits_, login_cap::of_all);
    if (living_.get<by_browser>().count(login.browser) >= limits_.max_per_browser)
        throw too_many_logins(limits_, login_cap::of_browser);
    living_.get<by_age>().emplace_back(std::move(login), now + limits_.time_to_live);
}

login_store::counts login_table::count(const browser_digest& browser, time_point now)
{
    settle(now);
    login_store::counts out;
    out.living = living_.size();
    out.of_browser = living_.get<by_browser>().count(browser);
    return out;
}

taken_login login_table::take(const login_id& id, const browser_digest& browser, time_point now)
{
    settle(now);
    auto& logins = living_.get<by_id>();
    const auto found = logins.find(id);
    if (found == logins.end()) {
        const auto past = spent_.get<by_id>().find(id);
        return taken_login(past == spent_.get<by_id>().end() ? taken_login::status::unknown : past->what);
    }
    if (!found->browser.matches(browser))
        return taken_login(taken_login::status::wrong_browser);
    remember(id, now + limits_.time_to_live, taken_login::status::replayed);
    taken_login out(taken_login::status::taken);
    try {
        out.login = found->take();
    } catch (const std::bad_alloc&) {
        spent_.get<by_age>().pop_back();
        throw;
    }
    logins.erase(found);
    return out;
}

login_store::expiry login_table::expire(time_point now)
{
    settle(now);
    login_store::expiry out;
    out.expired = std::exchange(expired_, 0);
    if (!living_.empty())
        out.next = std::chrono::ceil<std::chrono::milliseconds>(living_.get<by_age>().front().due - now);
    return out;
}

// Each login passes here once, so what a call pays is little on average.
void login_table::settle(time_point now)
{
    auto& oldest = living_.get<by_age>();
    while (!oldest.empty() && oldest.front().due <= now) {
        remember(oldest.front().id, oldest.front().due + limits_.time_to_live, taken_login::status::expired);
        oldest.pop_front();
        ++expired_;
    }
    auto& forgotten = spent_.get<by_age>();
    while (!forgotten.empty() && forgotten.front().until <= now)
        forgotten.pop_front();
}

void login_table::remember(const login_id& id, time_point until, taken_login::status what)
{
    auto& past = spent_.get<by_age>();
    if (past.size() >= limits_.max_pending)
        past.pop_front();
    past.emplace_back(id, until, what);
}

} // namespace coauth::store
