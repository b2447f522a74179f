#include <coauth/store/key_ring.hpp>

#include <algorithm>

namespace coauth::store {

namespace {

// A record with an id of no key, such as one that was altered, must not make each read a read of the file.
constexpr std::chrono::seconds between_readings{1};

std::vector<sealing_key> keys_of(const key_ring::source& source)
{
    auto keys = read_keys(source().reveal());
    if (!keys)
        throw keys.error();
    return std::move(*keys);
}

auto with_id(std::vector<sealing_key>& keys, std::string_view id)
{
    return std::find_if(keys.begin(), keys.end(), [&](const sealing_key& key) { return key.id == id; });
}

// Checks by the rules of a key text.
void check_key(const sealing_key& key)
{
    if (auto read = read_keys(line_of(key).reveal()); !read)
        throw error(errc::invalid_argument,
            "a sealing key has an id of 1 to 32 letters, digits, - and _, and 32 octets; this one has not");
}

} // namespace

key_ring::key_ring(source keys) : source_(std::move(keys)), keys_(keys_of(source_))
{}

key_ring::key_ring(std::vector<sealing_key> keys)
{
    if (keys.empty())
        throw error(errc::invalid_argument, "a key ring needs a key");
    for (auto key = keys.rbegin(); key != keys.rend(); ++key)
        add(std::move(*key));
}

sealing_key key_ring::newest() const
{
    const std::lock_guard lock(mutex_);
    return keys_.front();
}

std::optional<sealing_key> key_ring::held(std::string_view id) const
{
    const std::lock_guard lock(mutex_);
    const auto found = std::find_if(keys_.begin(), keys_.end(), [&](const sealing_key& key) { return key.id == id; });
    if (found == keys_.end())
        return std::nullopt;
    return *found;
}

std::optional<sealing_key> key_ring::find(std::string_view id)
{
    auto found = held(id);
    if (found || !source_)
        return found;
    {
        const std::lock_guard lock(mutex_);
        const auto now = std::chrono::steady_clock::now();
        if (now < read_again_at_)
            return std::nullopt;
        read_again_at_ = now + between_readings;
    }
    try {
        reload();
    } catch (const error& e) {
        throw error(errc::sealed_record,
            "a record was sealed with a key that is not at hand, and the keys can't be read again: " + e.message())
            .with_hint(e.hint().value_or("give the keys back as they were, with the newer ones in front"));
    }
    return held(id);
}

std::vector<std::string> key_ring::ids() const
{
    std::vector<std::string> all;
    const std::lock_guard lock(mutex_);
    for (const auto& key : keys_)
        all.push_back(key.id);
    return all;
}

void key_ring::reload()
{
    if (!source_)
        return;
    const std::lock_guard one_reading(reading_);
    auto keys = keys_of(source_);
    const std::lock_guard lock(mutex_);
    keys_.swap(keys);
}

void key_ring::add(sealing_key newest)
{
    check_key(newest);
    const std::lock_guard lock(mutex_);
    if (with_id(keys_, newest.id) != keys_.end())
        throw error(errc::invalid_argument, "the key ring has a key " + newest.id + " already");
    keys_.insert(keys_.begin(), std::move(newest));
}

void key_ring::remove(std::string_view id)
{
    const std::lock_guard lock(mutex_);
    const auto found = with_id(keys_, id);
    if (found == keys_.end())
        throw error(errc::invalid_argument, "the key ring has no key " + std::string(id));
    if (keys_.size() == 1)
        throw error(errc::invalid_argument, "the last key of a key ring can't be removed");
    keys_.erase(found);
}

} // namespace coauth::store
