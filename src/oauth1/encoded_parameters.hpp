// The parameters of one request while its base string is made.
#pragma once

#include "oauth1/scratch.hpp"
#include "text/encoding_table.hpp"

#include <coauth/error.hpp>

#include <array>
#include <cstddef>
#include <string_view>
#include <vector>

namespace coauth::oauth1 {

/// A name and a value, each encoded twice, with `separator` in the place of `%3D`: three spaces, which come before all that the
/// two hold, so that the texts of two parameters sort as RFC 5849, section 3.4.1.3.2 wants: names first, then values.
class encoded_parameter {
public:
    static constexpr std::string_view separator = "   ";

    encoded_parameter() = default; // without a value: an array of them costs nothing
    encoded_parameter(std::string_view joined, std::size_t length_of_name)
        : begin_(joined.data()), size_(joined.size()), name_size_(length_of_name)
    {}

    std::string_view text() const noexcept { return {begin_, size_}; }
    std::string_view name() const noexcept { return {begin_, name_size_}; }

private:
    const char* begin_;
    std::size_t size_;
    std::size_t name_size_;
};

/// What a base string holds behind its URI (RFC 5849, sections 3.4.1.3.2 and 3.4.1.1): names and values, encoded, sorted, joined
/// and encoded once more. Here each is encoded twice at once and sorted then: encoding again does not change the order of texts
/// that hold unreserved characters and `%` only.
///
/// Lifetime: `memory` holds the texts.
class encoded_parameters {
public:
    explicit encoded_parameters(scratch& memory) noexcept : memory_(memory) {}

    /// Encodes and adds a decoded pair.
    void add(std::string_view name, std::string_view value);

    /// Adds one whose name and value need no encoding, or have it.
    void add_encoded(std::string_view name, std::string_view value)
    {
        const auto separator = encoded_parameter::separator;
        char* const out = memory_.room(name.size() + separator.size() + value.size());
        add_joined(memory_.keep(put(value, put(separator, put(name, out)))), name.size());
    }

    /// Adds one whose text lives elsewhere; see `encoded_parameter`.
    void add_joined(std::string_view text, std::size_t name_size)
    {
        if (count_ < few_.size())
            few_[count_] = encoded_parameter(text, name_size);
        else
            add_to_many(text, name_size);
        ++count_;
    }

    /// Adds what a query or form body holds, as `text::parse_form` reads it.
    result<void> add_form(std::string_view raw);

    void clear() noexcept
    {
        many_.clear();
        count_ = 0;
    }

    void sort();

    const encoded_parameter* begin() const noexcept { return many_.empty() ? few_.data() : many_.data(); }
    const encoded_parameter* end() const noexcept { return begin() + count_; }

    /// How many octets `write` writes.
    std::size_t size() const noexcept;

    /// Writes all of them and gives the end.
    char* write(char* out) const noexcept;

private:
    void add_to_many(std::string_view text, std::size_t name_size);

    scratch& memory_;
    std::array<encoded_parameter, 16> few_;
    std::vector<encoded_parameter> many_; // all of them, if they are more
    std::size_t count_ = 0;
};

} // namespace coauth::oauth1
