#include "crypto/random_block.hpp"

#include "crypto/random.hpp"

#include <cstring>
#include <sys/mman.h>

namespace coauth::crypto {

namespace {

constexpr std::size_t page_size = 4096;

void* map_page() noexcept
{
    void* const mapped = ::mmap(nullptr, page_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (mapped == MAP_FAILED)
        return nullptr;
    if (::madvise(mapped, page_size, MADV_WIPEONFORK) != 0) {
        ::munmap(mapped, page_size);
        return nullptr;
    }
    ::madvise(mapped, page_size, MADV_DONTDUMP); // where that fails a core dump holds unused random numbers
    return mapped;
}

} // namespace

// As the kernel gives it, and a child process finds it: all zeros, so nothing is left.
struct random_block::page {
    std::size_t left;
    unsigned char octets[page_size - sizeof(std::size_t)];
};

random_block::random_block(generator draw) : draw_(draw), page_(static_cast<page*>(map_page()))
{
    static_assert(sizeof(page) == page_size);
}

random_block::~random_block()
{
    if (!page_)
        return;
    wipe(page_, page_size);
    ::munmap(page_, page_size);
}

void random_block::fill(void* octets, std::size_t size)
{
    if (!page_ || size > sizeof page_->octets / 8) {
        draw_(octets, size);
        return;
    }
    if (page_->left < size) {
        page_->left = 0;
        draw_(page_->octets, sizeof page_->octets);
        page_->left = sizeof page_->octets;
    }
    auto* const given = page_->octets + (page_->left - size);
    std::memcpy(octets, given, size);
    wipe(given, size);
    page_->left -= size;
}

} // namespace coauth::crypto
