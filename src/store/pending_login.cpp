#include "crypto/digest.hpp"

#include <coauth/secret.hpp>
#include <coauth/store/pending_login.hpp>

#include <algorithm>
#include <cstddef>

namespace coauth::store {

namespace {

template <std::size_t Size>
std::string_view text_of(const std::array<std::uint8_t, Size>& octets) noexcept
{
    return {reinterpret_cast<const char*>(octets.data()), octets.size()};
}

} // namespace

// A provider's name has no line break, so no two pairs give the same text.
login_id id_of_login(std::string_view provider, std::string_view key)
{
    const auto digest = crypto::sha256({provider, "\n", key});
    login_id id;
    std::copy_n(digest.begin(), id.octets.size(), id.octets.begin());
    return id;
}

bool browser_digest::matches(const browser_digest& other) const noexcept
{
    return equal_in_constant_time(text_of(octets), text_of(other.octets));
}

browser_digest digest_of_browser(std::string_view binding)
{
    browser_digest digest;
    digest.octets = crypto::sha256(binding);
    return digest;
}

} // namespace coauth::store
