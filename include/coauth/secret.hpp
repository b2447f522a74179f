// Text that is wiped when it goes away and that nothing prints.
#pragma once

#include <coauth/export.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace coauth {

/// A consumer secret, a token secret, a private key.
///
/// It has no stream operator, no formatter, no conversion and no `operator==`, so it can be neither
/// logged nor compared by accident; `reveal()` is the one way in and is easy to search for.
///
/// Thread safety: distinct objects are safe; a shared object is safe through its const functions.
/// Lifetime: owns its bytes on the heap and wipes them when destroyed, assigned or moved from.
class COAUTH_DECL secret {
public:
    /// Empty, as the token secret of a two-legged request is.
    secret() noexcept = default;

    explicit secret(std::string_view text);

    /// Takes the text out of `text` and wipes it there.
    explicit secret(std::string&& text);

    /// Makes a literal unambiguous.
    explicit secret(const char* text);

    secret(const secret& other);
    secret(secret&& other) noexcept;
    secret& operator=(secret other) noexcept;
    ~secret();

    /// The bytes. They live as long as this object; don't copy them into a string.
    std::string_view reveal() const noexcept;

    bool empty() const noexcept { return size_ == 0; }
    std::size_t size() const noexcept { return size_; }

    /// Compares in a time that depends on the length only, not on where the texts differ.
    bool matches(std::string_view text) const noexcept;

private:
    std::unique_ptr<char[]> bytes_;
    std::size_t size_ = 0;
};

/// Compares two texts in a time that depends on their lengths only.
COAUTH_DECL bool equal_in_constant_time(std::string_view a, std::string_view b) noexcept;

/// Overwrites `text` in a way the compiler can't leave out, and empties it.
COAUTH_DECL void wipe(std::string& text) noexcept;

} // namespace coauth
