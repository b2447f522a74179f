// Random octets drawn many at a time.
#pragma once

#include <coauth/export.hpp>

#include <cstddef>

namespace coauth::crypto {

/// Draws some 4 KiB from a generator at a time and gives them out piece by piece, each octet once: a call to OpenSSL's
/// generator costs 2 us, however few octets it gives. What is given out is wiped here. The kernel empties the block in a child
/// process (`MADV_WIPEONFORK`), so that parent and child never give out the same; where it can't, nothing is kept.
///
/// Thread safety: none, one a thread.
class COAUTH_DECL random_block {
public:
    /// Fills `size` octets, or throws.
    using generator = void (*)(void* octets, std::size_t size);

    explicit random_block(generator draw);
    ~random_block();
    random_block(const random_block&) = delete;
    random_block& operator=(const random_block&) = delete;

    /// Throws what the generator throws, and gives out nothing then.
    void fill(void* octets, std::size_t size);

private:
    struct page;

    const generator draw_;
    page* const page_; // null: the kernel has no memory that a child process finds empty
};

} // namespace coauth::crypto
