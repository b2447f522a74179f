#include <coauth/error.hpp>
#include <coauth/oauth1/nonce_store.hpp>

namespace coauth::oauth1 {

namespace {

// The lengths keep ("ab", "c") and ("a", "bc") apart, with any characters in the texts.
std::string make_key(std::string_view consumer_key, std::string_view token, std::string_view nonce)
{
    std::string key = std::to_string(consumer_key.size()) + ',' + std::to_string(token.size()) + ':';
    key.reserve(key.size() + consumer_key.size() + token.size() + nonce.size());
    key += consumer_key;
    key += token;
    key += nonce;
    return key;
}

} // namespace

nonce_store::nonce_store(std::size_t capacity) : capacity_(capacity)
{
    if (capacity == 0)
        throw error(errc::invalid_argument, "a nonce store needs room for at least one nonce");
}

nonce_store::outcome nonce_store::record(std::string_view consumer_key, std::string_view token, std::int64_t timestamp,
    std::string_view nonce, std::int64_t oldest)
{
    if (seen(consumer_key, token, timestamp, nonce))
        return outcome::seen;

    while (size_ >= capacity_) {
        const auto first = by_timestamp_.begin();
        if (first->first >= oldest)
            return outcome::full;
        size_ -= first->second.size();
        evicted_ = first->first;
        by_timestamp_.erase(first);
        if (timestamp <= evicted_)
            return outcome::seen;
    }
    by_timestamp_[timestamp].insert(make_key(consumer_key, token, nonce));
    ++size_;
    return outcome::fresh;
}

bool nonce_store::seen(
    std::string_view consumer_key, std::string_view token, std::int64_t timestamp, std::string_view nonce) const
{
    if (timestamp <= evicted_)
        return true;
    const auto same_time = by_timestamp_.find(timestamp);
    return same_time != by_timestamp_.end() && same_time->second.contains(make_key(consumer_key, token, nonce));
}

} // namespace coauth::oauth1
