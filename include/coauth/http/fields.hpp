// Header fields as a value.
#pragma once

#include <coauth/export.hpp>
#include <coauth/text/ascii.hpp>

#include <cstddef>
#include <cstring>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace coauth::http {

/// Header fields in order. Names compare without case (RFC 9110, section 5.1) and may repeat.
///
/// Thread safety: distinct objects are safe. Lifetime: owns its texts, all in one piece of memory; what it gives are views,
/// valid until a field is added or set.
class COAUTH_DECL fields {
public:
    using value_type = std::pair<std::string_view, std::string_view>; ///< Name and value.
    class const_iterator;

    fields() = default;

    /// Makes room for `octets` in names and values, and 16 a field.
    void reserve(std::size_t octets) { text_.reserve(octets); }

    void add(std::string_view name, std::string_view value);

    /// Replaces every field called `name`.
    void set(std::string_view name, std::string_view value);

    /// The first field called `name`, or empty.
    std::string_view get(std::string_view name) const noexcept;

    std::size_t count(std::string_view name) const noexcept;

    const_iterator begin() const noexcept;
    const_iterator end() const noexcept;
    std::size_t size() const noexcept;
    bool empty() const noexcept { return text_.empty(); }

private:
    struct lengths {
        std::size_t name;
        std::size_t value;
    };

    std::string text_; // of each field its lengths, its name and its value
};

/// Reads a field where it stands: `*i` is a value, not a reference.
class fields::const_iterator {
public:
    using value_type = fields::value_type;
    using reference = value_type;
    using pointer = std::optional<value_type>; // holds the value while a member is read
    using difference_type = std::ptrdiff_t;
    using iterator_category = std::input_iterator_tag;

    const_iterator() = default;

    value_type operator*() const noexcept
    {
        const lengths size = read();
        const char* const name = at_ + sizeof size;
        return {std::string_view(name, size.name), std::string_view(name + size.name, size.value)};
    }

    pointer operator->() const noexcept { return **this; }

    const_iterator& operator++() noexcept
    {
        const lengths size = read();
        at_ += sizeof size + size.name + size.value;
        return *this;
    }

    const_iterator operator++(int) noexcept
    {
        const const_iterator before = *this;
        ++*this;
        return before;
    }

    bool operator==(const const_iterator&) const = default;

private:
    friend class fields;

    explicit const_iterator(const char* at) noexcept : at_(at) {}

    lengths read() const noexcept
    {
        lengths size;
        std::memcpy(&size, at_, sizeof size);
        return size;
    }

    const char* at_ = nullptr;
};

inline fields::const_iterator fields::begin() const noexcept
{
    return const_iterator(text_.data());
}

inline fields::const_iterator fields::end() const noexcept
{
    return const_iterator(text_.data() + text_.size());
}

/// True if the two names are equal without case.
constexpr bool same_field_name(std::string_view a, std::string_view b) noexcept
{
    return a.size() == b.size() && (a == b || text::equal_ignoring_case(a, b));
}

} // namespace coauth::http
