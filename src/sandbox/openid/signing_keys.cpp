#include "sandbox/openid/signing_keys.hpp"

namespace coauth::sandbox {

oauth2::signing_key signing_keys::made() const
{
    constexpr std::size_t name_size = 16;
    return oauth2::signing_key::generate(oauth2::jws_algorithm::rs256, random_text(random_, name_size));
}

void signing_keys::make_first()
{
    if (keys_.empty())
        keys_.push_back(made());
}

std::string signing_keys::sign(std::string_view payload)
{
    make_first();
    return keys_.front().sign(payload);
}

std::string signing_keys::public_keys()
{
    make_first();
    return oauth2::jwk_set_text(keys_);
}

void signing_keys::rotate()
{
    constexpr std::size_t published = 2;
    make_first();
    keys_.insert(keys_.begin(), made());
    if (keys_.size() > published)
        keys_.pop_back();
}

} // namespace coauth::sandbox
