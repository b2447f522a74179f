#include "store/login_table.hpp"

#include "crypto/random.hpp"

#include <coauth/secret.hpp>

#include <algorithm>
#include <cstring>
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <utility>

namespace coauth::store {

namespace {

std::array<std::uint8_t, 16> first_half(const browser_digest& browser) noexcept
{
    std::array<std::uint8_t, 16> half{};
    std::copy_n(browser.octets.begin(), half.size(), half.begin());
    return half;
}

} // namespace

std::size_t keyed_hash::operator()(const std::array<std::uint8_t, 16>& digest) const noexcept
{
    std::array<std::uint64_t, 2> words{};
    std::memcpy(words.data(), digest.data(), sizeof words);
    const std::uint64_t sum = (words[0] ^ key_[1]) * (key_[0] | 1) + words[1] * (key_[1] | 1);
    return static_cast<std::size_t>(sum ^ (sum >> 32));
}

login_table::living::living(const pending_login& login, time_point due) noexcept
    : known(taken_login::status::taken), id(login.id), browser(login.browser), due(due),
      proof_size(static_cast<std::uint32_t>(login.proof.size())),
      return_to_size(static_cast<std::uint32_t>(login.return_to.size()))
{
    const auto proof = login.proof.reveal();
    std::copy(login.return_to.begin(), login.return_to.end(), std::copy(proof.begin(), proof.end(), texts()));
}

std::unique_ptr<login_table::living> login_table::living::make(const pending_login& login, time_point due)
{
    void* const memory = ::operator new(sizeof(living) + login.proof.size() + login.return_to.size());
    return std::unique_ptr<living>(::new (memory) living(login, due));
}

void login_table::living::operator delete(living* gone, std::destroying_delete_t) noexcept
{
    crypto::wipe(gone->texts(), gone->texts_size());
    gone->~living();
    ::operator delete(gone);
}

pending_login login_table::living::copy() const
{
    const std::string_view proof(texts(), proof_size);
    return pending_login(id, secret(proof), browser, std::string(texts() + proof_size, return_to_size));
}

login_table::login_table(login_limits limits, const keyed_hash::key& key)
    : limits_(limits), by_id_(0, keyed_hash(key)), of_browser_(0, keyed_hash(key))
{
    check(limits_);
}

login_table::~login_table()
{
    living_.clear_and_dispose(std::default_delete<living>());
}

void login_table::add(pending_login login, time_point now)
{
    settle(now);
    if (living_.size() >= limits_.max_pending)
        throw too_many_logins(limits_, login_cap::of_all);
    auto added = living::make(login, now + limits_.time_to_live);
    const auto [of_browser, is_first] = of_browser_.try_emplace(first_half(login.browser), 0);
    try {
        if (of_browser->second >= limits_.max_per_browser)
            throw too_many_logins(limits_, login_cap::of_browser);
        if (!by_id_.emplace(login.id.octets, added.get()).second)
            throw error(errc::provider_error, "the provider gave one login's key twice")
                .with_hint("the login can't be told from an earlier one; begin again");
    } catch (...) {
        if (is_first)
            of_browser_.erase(of_browser);
        throw;
    }
    ++of_browser->second;
    living_.push_back(*added.release());
}

login_store::counts login_table::count(const browser_digest& browser, time_point now)
{
    settle(now);
    login_store::counts out;
    out.living = living_.size();
    if (const auto found = of_browser_.find(first_half(browser)); found != of_browser_.end())
        out.of_browser = found->second;
    return out;
}

taken_login login_table::take(const login_id& id, const browser_digest& browser, time_point now)
{
    settle(now);
    // Both first: of a large table each comes from main memory, and the processor fetches them at the same time.
    const auto place = by_id_.find(id.octets);
    const auto of_browser = of_browser_.find(first_half(browser));
    if (place == by_id_.end())
        return taken_login(taken_login::status::unknown);
    if (place->second->found != taken_login::status::taken)
        return taken_login(place->second->found);
    living& login = static_cast<living&>(*place->second);
    if (!login.browser.matches(browser))
        return taken_login(taken_login::status::wrong_browser);
    remember(id, now + limits_.time_to_live);
    taken_login out(taken_login::status::taken);
    try {
        out.login = login.copy();
    } catch (const std::bad_alloc&) {
        ended_.pop_back();
        throw;
    }
    end(place, of_browser, replayed_);
    return out;
}

login_store::expiry login_table::expire(time_point now)
{
    settle(now);
    login_store::expiry out;
    out.expired = std::exchange(newly_expired_, 0);
    if (!living_.empty())
        out.next = std::chrono::ceil<std::chrono::milliseconds>(living_.front().due - now);
    return out;
}

// Each login passes here once, so what a call pays is little on average.
void login_table::settle(time_point now)
{
    while (!living_.empty() && living_.front().due <= now) {
        living& oldest = living_.front();
        remember(oldest.id, oldest.due + limits_.time_to_live);
        end(by_id_.find(oldest.id.octets), of_browser_.find(first_half(oldest.browser)), expired_);
        ++newly_expired_;
    }
    while (!ended_.empty() && ended_.front().until <= now) {
        by_id_.erase(ended_.front().id.octets);
        ended_.pop_front();
    }
}

void login_table::remember(const login_id& id, time_point until)
{
    if (ended_.size() >= limits_.max_pending) {
        by_id_.erase(ended_.front().id.octets);
        ended_.pop_front();
    }
    ended_.emplace_back(id, until);
}

void login_table::end(ids::iterator place, browsers::iterator of_browser, known& as) noexcept
{
    living& login = static_cast<living&>(*std::exchange(place->second, &as));
    if (--of_browser->second == 0)
        of_browser_.erase(of_browser);
    living_.erase_and_dispose(living_.iterator_to(login), std::default_delete<living>());
}

} // namespace coauth::store
