#include "crypto/hmac.hpp"

#include "crypto/random.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <new>

namespace coauth::crypto {

namespace {

using state = std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)>;

void require(int ok)
{
    if (ok != 1)
        throw std::bad_alloc(); // with a digest that was fetched these calls fail only for lack of memory
}

state new_state()
{
    state made(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    if (!made)
        throw std::bad_alloc();
    return made;
}

// One a thread: making one costs an allocation. At the end of a MAC it holds that and nothing of the key.
EVP_MD_CTX& state_of_thread()
{
    static thread_local const state made = new_state();
    return *made;
}

void absorb(EVP_MD_CTX& to, std::string_view text)
{
    require(EVP_DigestUpdate(&to, text.data(), text.size()));
}

digest finish(EVP_MD_CTX& current)
{
    digest out;
    unsigned size = 0;
    require(EVP_DigestFinal_ex(&current, out.octets.data(), &size));
    out.size = size;
    return out;
}

// RFC 2104: `begin_inner` and `begin_outer` make the thread's state the one that has absorbed the key.
template <class Inner, class Outer>
digest mac_of(std::string_view text, Inner begin_inner, Outer begin_outer)
{
    EVP_MD_CTX& current = state_of_thread();
    begin_inner(current);
    absorb(current, text);
    const digest inner = finish(current);
    begin_outer(current);
    require(EVP_DigestUpdate(&current, inner.octets.data(), inner.size));
    return finish(current);
}

constexpr unsigned char inner_padding = 0x36;
constexpr unsigned char outer_padding = 0x5c;

} // namespace

hmac_key::hmac_key(hash_function hash, std::string_view key)
    : hash_(hash), block_size_(static_cast<std::size_t>(EVP_MD_get_block_size(hash)))
{
    if (key.size() <= block_size_) {
        std::copy(key.begin(), key.end(), padded_.begin());
        return;
    }
    require(EVP_Digest(key.data(), key.size(), padded_.data(), nullptr, hash, nullptr));
}

hmac_key::~hmac_key()
{
    wipe(padded_.data(), padded_.size());
}

void hmac_key::absorb(EVP_MD_CTX& to, unsigned char padding) const
{
    auto pad = padded_;
    for (unsigned char& octet : pad)
        octet ^= padding;
    require(EVP_DigestInit_ex2(&to, hash_, nullptr));
    require(EVP_DigestUpdate(&to, pad.data(), block_size_));
    wipe(pad.data(), pad.size());
}

digest hmac_key::sign(std::string_view text) const
{
    return mac_of(
        text, [this](EVP_MD_CTX& s) { absorb(s, inner_padding); }, [this](EVP_MD_CTX& s) { absorb(s, outer_padding); });
}

begun_hmac::begun_hmac(const hmac_key& key, std::string_view beginning) : inner_(new_state()), outer_(new_state())
{
    key.absorb(*inner_, inner_padding);
    key.absorb(*outer_, outer_padding);
    absorb(*inner_, beginning);
}

begun_hmac::~begun_hmac() = default;

digest begun_hmac::sign(std::string_view rest) const
{
    const auto copy = [](EVP_MD_CTX& to, const state& begun) { require(EVP_MD_CTX_copy_ex(&to, begun.get())); };
    return mac_of(
        rest, [&](EVP_MD_CTX& s) { copy(s, inner_); }, [&](EVP_MD_CTX& s) { copy(s, outer_); });
}

digest hmac(hash_function hash, std::string_view key, std::string_view text)
{
    return hmac_key(hash, key).sign(text);
}

} // namespace coauth::crypto
