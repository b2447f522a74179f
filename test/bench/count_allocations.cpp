// Preloaded into coauth_bench: counts what is asked of the heap, by OpenSSL and libstdc++, too.

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace {

std::atomic<std::uint64_t> calls{0};
std::atomic<std::uint64_t> octets{0};

void count(std::size_t size)
{
    calls.fetch_add(1, std::memory_order_relaxed);
    octets.fetch_add(size, std::memory_order_relaxed);
}

} // namespace

extern "C" {

// The C library's own.
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* old, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);

void* malloc(std::size_t size)
{
    count(size);
    return __libc_malloc(size);
}

void* calloc(std::size_t number, std::size_t size)
{
    count(number * size);
    return __libc_calloc(number, size);
}

void* realloc(void* old, std::size_t size)
{
    count(size);
    return __libc_realloc(old, size);
}

void* aligned_alloc(std::size_t alignment, std::size_t size)
{
    count(size);
    return __libc_memalign(alignment, size);
}

std::uint64_t bench_alloc_calls()
{
    return calls.load(std::memory_order_relaxed);
}

std::uint64_t bench_alloc_bytes()
{
    return octets.load(std::memory_order_relaxed);
}
}
