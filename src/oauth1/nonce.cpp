#include "crypto/random.hpp"
#include "text/hex.hpp"

#include <coauth/oauth1/message.hpp>
#include <coauth/system_failure.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <pthread.h>

namespace coauth::oauth1 {

namespace {

// Counts the forks in this process's ancestry, so that a child does not draw what its parent draws.
std::atomic<unsigned> forks{0};

// One call of OpenSSL's generator costs more than a signature, so octets are drawn many at a time.
class random_octets {
public:
    std::array<unsigned char, 16> draw()
    {
        static const int registered = pthread_atfork(nullptr, nullptr, [] { ++forks; });
        if (registered != 0)
            throw system_failure("registering for fork()", {registered, boost::system::system_category()});
        if (used_ == buffer_.size() || forks_ != forks)
            refill();
        std::array<unsigned char, 16> out{};
        std::copy_n(buffer_.begin() + static_cast<std::ptrdiff_t>(used_), out.size(), out.begin());
        crypto::wipe(buffer_.data() + used_, out.size());
        used_ += out.size();
        return out;
    }

private:
    void refill()
    {
        crypto::fill_random(buffer_.data(), buffer_.size());
        forks_ = forks;
        used_ = 0;
    }

    std::array<unsigned char, 1024> buffer_{};
    std::size_t used_ = buffer_.size();
    unsigned forks_ = 0;
};

} // namespace

std::string random_nonce()
{
    static thread_local random_octets source;
    std::string out;
    out.reserve(32);
    for (const unsigned char octet : source.draw())
        text::append_hex(octet, out);
    return out;
}

} // namespace coauth::oauth1
