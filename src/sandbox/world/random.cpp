#include "sandbox/world/random.hpp"

#include "crypto/random.hpp"

#include <array>
#include <string_view>

namespace coauth::sandbox {

void openssl_random(unsigned char* bytes, std::size_t size)
{
    crypto::fill_random(bytes, size);
}

namespace {

std::string random_from(const random_source& source, std::size_t size, std::string_view alphabet)
{
    // Bytes above the last whole multiple are drawn again: a plain remainder would favour the first letters.
    const auto limit = 256 - 256 % alphabet.size();
    std::string text;
    text.reserve(size);
    std::array<unsigned char, 64> bytes{};
    while (text.size() < size) {
        source(bytes.data(), bytes.size());
        for (const auto byte : bytes)
            if (byte < limit && text.size() < size)
                text += alphabet[byte % alphabet.size()];
    }
    return text;
}

} // namespace

std::string random_text(const random_source& source, std::size_t size)
{
    return random_from(source, size, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789");
}

std::string random_digits(const random_source& source, std::size_t size)
{
    return random_from(source, size, "0123456789");
}

} // namespace coauth::sandbox
