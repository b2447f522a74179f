#include "unit/session/allocation_failure.hpp"

#include <cstdlib>
#include <new>

thread_local std::size_t coauth::testing::allocations_until_failure = 0;

namespace {

void* allocate(std::size_t size, std::size_t alignment = alignof(std::max_align_t))
{
    if (coauth::testing::allocations_until_failure != 0 && --coauth::testing::allocations_until_failure == 0)
        return nullptr;
    if (alignment <= alignof(std::max_align_t))
        return std::malloc(size != 0 ? size : 1);
    return std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
}

void* allocate_or_throw(std::size_t size, std::size_t alignment = alignof(std::max_align_t))
{
    if (void* const made = allocate(size, alignment))
        return made;
    throw std::bad_alloc();
}

} // namespace

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
    std::free(made);
}
void operator delete[](void* made) noexcept
{
    std::free(made);
}
void operator delete(void* made, std::size_t) noexcept
{
    std::free(made);
}
void operator delete[](void* made, std::size_t) noexcept
{
    std::free(made);
}
void operator delete(void* made, std::align_val_t) noexcept
{
    std::free(made);
}
void operator delete[](void* made, std::align_val_t) noexcept
{
    std::free(made);
}
void operator delete(void* made, std::size_t, std::align_val_t) noexcept
{
    std::free(made);
}
void operator delete[](void* made, std::size_t, std::align_val_t) noexcept
{
    std::free(made);
}
void operator delete(void* made, const std::nothrow_t&) noexcept
{
    std::free(made);
}
void operator delete[](void* made, const std::nothrow_t&) noexcept
{
    std::free(made);
}
