#include "allocation_failure.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <malloc.h>
#include <new>

thread_local std::size_t coauth::testing::allocations_until_failure = 0;
thread_local std::size_t coauth::testing::failures_in_a_row = 1;
thread_local bool coauth::testing::asio_is_short = false;
thread_local std::size_t coauth::testing::asio_failures_left = 0;

namespace {

thread_local std::string_view watched;
thread_local char seen[64];
thread_local std::size_t seen_size = 0;
thread_local std::string_view searched;
thread_local std::size_t blocks_with_searched = 0;

void release(void* made) noexcept
{
    if (made != nullptr && !searched.empty()) {
        const std::string_view block(static_cast<const char*>(made), ::malloc_usable_size(made));
        if (block.find(searched) != block.npos)
            ++blocks_with_searched;
    }
    if (made != nullptr && made == watched.data()) {
        seen_size = watched.copy(seen, sizeof seen);
        watched = {};
    }
    std::free(made);
}

bool is_to_fail() noexcept
{
    using coauth::testing::allocations_until_failure;
    using coauth::testing::failures_in_a_row;
    if (allocations_until_failure == 0 || --allocations_until_failure != 0)
        return false;
    if (failures_in_a_row > 1) {
        --failures_in_a_row;
        allocations_until_failure = 1;
    }
    return true;
}

void* aligned(std::size_t size, std::size_t alignment) noexcept
{
    void* made = nullptr;
    return posix_memalign(&made, std::max(alignment, sizeof(void*)), size) == 0 ? made : nullptr;
}

void* allocate(std::size_t size, std::size_t alignment = alignof(std::max_align_t))
{
    if (is_to_fail())
        return nullptr;
    if (alignment <= alignof(std::max_align_t))
        return std::malloc(size != 0 ? size : 1);
    return aligned(size, alignment);
}

void* allocate_or_throw(std::size_t size, std::size_t alignment = alignof(std::max_align_t))
{
    if (void* const made = allocate(size, alignment))
        return made;
    throw std::bad_alloc();
}

} // namespace

coauth::testing::watched_memory::watched_memory(std::string_view bytes) noexcept
{
    watched = bytes;
    seen_size = 0;
}

coauth::testing::watched_memory::~watched_memory()
{
    watched = {};
}

std::string coauth::testing::watched_memory::when_freed() const
{
    return {seen, seen_size};
}

coauth::testing::freed_text::freed_text(std::string_view text) noexcept
{
    searched = text;
    blocks_with_searched = 0;
}

coauth::testing::freed_text::~freed_text()
{
    searched = {};
}

std::size_t coauth::testing::freed_text::blocks() const noexcept
{
    return blocks_with_searched;
}

// Asio's own.
extern "C" void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept
{
    using coauth::testing::asio_failures_left;
    using coauth::testing::asio_is_short;
    if (!asio_is_short)
        return aligned(size, alignment);
    if (asio_failures_left > 0 && --asio_failures_left == 0)
        asio_is_short = false;
    return nullptr;
}

// Replaced for the whole program, and inert except for a thread in which an allocation is to fail.
void* operator new(std::size_t size)
{
    return allocate_or_throw(size);
}
void* operator new[](std::size_t size)
{
    return allocate_or_throw(size);
}
void* operator new(std::size_t size, std::align_val_t alignment)
{
    return allocate_or_throw(size, static_cast<std::size_t>(alignment));
}
void* operator new[](std::size_t size, std::align_val_t alignment)
{
    return allocate_or_throw(size, static_cast<std::size_t>(alignment));
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept
{
    return allocate(size);
}
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept
{
    return allocate(size);
}
void operator delete(void* made) noexcept
{
    release(made);
}
void operator delete[](void* made) noexcept
{
    release(made);
}
void operator delete(void* made, std::size_t) noexcept
{
    release(made);
}
void operator delete[](void* made, std::size_t) noexcept
{
    release(made);
}
void operator delete(void* made, std::align_val_t) noexcept
{
    release(made);
}
void operator delete[](void* made, std::align_val_t) noexcept
{
    release(made);
}
void operator delete(void* made, std::size_t, std::align_val_t) noexcept
{
    release(made);
}
void operator delete[](void* made, std::size_t, std::align_val_t) noexcept
{
    release(made);
}
void operator delete(void* made, const std::nothrow_t&) noexcept
{
    release(made);
}
void operator delete[](void* made, const std::nothrow_t&) noexcept
{
    release(made);
}
