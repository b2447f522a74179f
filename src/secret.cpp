#include <coauth/secret.hpp>

#include <openssl/crypto.h>

#include <cstring>
#include <string.h>
#include <utility>

namespace coauth {

secret::secret(std::string_view text) : size_(text.size())
{
    if (size_ == 0)
        return;
    bytes_ = std::make_unique<char[]>(size_);
    std::memcpy(bytes_.get(), text.data(), size_);
}

secret::secret(std::string&& text) : secret(std::string_view(text))
{
    wipe(text);
}

secret::secret(const char* text) : secret(std::string_view(text))
{}

secret::secret(const secret& other) : secret(other.reveal())
{}

secret::secret(secret&& other) noexcept : bytes_(std::move(other.bytes_)), size_(std::exchange(other.size_, 0))
{}

secret& secret::operator=(secret other) noexcept
{
    std::swap(bytes_, other.bytes_);
    std::swap(size_, other.size_);
    return *this;
}

secret::~secret()
{
    if (bytes_)
        ::explicit_bzero(bytes_.get(), size_);
}

std::string_view secret::reveal() const noexcept
{
    return {bytes_.get(), size_};
}

bool secret::matches(std::string_view text) const noexcept
{
    return equal_in_constant_time(reveal(), text);
}

bool equal_in_constant_time(std::string_view a, std::string_view b) noexcept
{
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

void wipe(std::string& text) noexcept
{
    // The whole capacity: an earlier, longer text may have left its tail there.
    text.resize(text.capacity());
    ::explicit_bzero(text.data(), text.size());
    text.clear();
}

} // namespace coauth
