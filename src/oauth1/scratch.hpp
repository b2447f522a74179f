// Memory for the texts of one signature.
#pragma once

#include "crypto/random.hpp"

#include <coauth/secret.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace coauth::oauth1 {

/// Memory that is on the stack as long as a request is not unusually long, and stays where it is. Wiped at the end: forms hold
/// passwords, and protocol parameters verifiers.
class scratch {
public:
    scratch() noexcept = default;
    scratch(const scratch&) = delete;
    scratch& operator=(const scratch&) = delete;

    ~scratch()
    {
        crypto::wipe(first_, blocks_.empty() ? static_cast<std::size_t>(next_ - first_) : sizeof first_);
        for (std::string& block : blocks_)
            wipe(block);
    }

    /// Where the next `size` octets may be written; see `keep`.
    char* room(std::size_t size)
    {
        if (size > static_cast<std::size_t>(end_ - next_))
            add_block(size);
        return next_;
    }

    /// Keeps what was written there, up to `end`.
    std::string_view keep(const char* end) noexcept
    {
        const std::string_view kept(next_, static_cast<std::size_t>(end - next_));
        next_ += kept.size();
        return kept;
    }

private:
    [[gnu::noinline]] void add_block(std::size_t size)
    {
        std::string& block = blocks_.emplace_back(std::max(size, sizeof first_), '\0');
        next_ = block.data();
        end_ = next_ + block.size();
    }

    char first_[8192];
    std::vector<std::string> blocks_; // each too long to lie within its object, which moves
    char* next_ = first_;
    char* end_ = first_ + sizeof first_;
};

/// Copies `text`; gives the end.
inline char* put(std::string_view text, char* out) noexcept
{
    return std::copy(text.begin(), text.end(), out);
}

} // namespace coauth::oauth1
