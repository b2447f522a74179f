// The parameters of one request while its base string is made.
#pragma once

#include "oauth1/scratch.hpp"

#include <coauth/error.hpp>

#include <cstddef>
#include <memory_resource>
#include <string_view>
#include <vector>

namespace coauth::oauth1 {

/// A name and a value, each encoded twice, with `equals_sign` between.
class encoded_parameter {
public:
    static constexpr std::string_view equals_sign = "%3D";

    encoded_parameter() = default; // without a value: an array of them costs nothing
    encoded_parameter(std::string_view text, std::size_t name_size) noexcept
        : begin_(text.data()), size_(text.size()), name_size_(name_size)
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
    explicit encoded_parameters(scratch& memory) : memory_(memory) { all_.reserve(few); }

    /// Adds one whose text lives elsewhere.
    void add(const encoded_parameter& ready)
    {
        all_.push_back(ready);
        room_ += ready.text().size() + ampersand.size();
    }

    /// Encodes and adds a decoded pair.
    void add(std::string_view name, std::string_view value);

    /// Adds one whose name and value need no encoding, or have it.
    void add_encoded(std::string_view name, std::string_view value)
    {
        char* const out = memory_.room(name.size() + encoded_parameter::equals_sign.size() + value.size());
        add({memory_.keep(put(value, put(encoded_parameter::equals_sign, put(name, out)))), name.size()});
    }

    /// Adds what a query or form body holds, as `text::parse_form` reads it.
    result<void> add_form(std::string_view raw);

    /// `sorted`: so many of the first are in order already.
    void sort(std::size_t sorted = 0);

    std::size_t size() const noexcept { return all_.size(); }
    const encoded_parameter& operator[](std::size_t i) const noexcept { return all_[i]; }
    const encoded_parameter* begin() const noexcept { return all_.data(); }
    const encoded_parameter* end() const noexcept { return begin() + size(); }

    /// The octets that `write` needs.
    std::size_t room() const noexcept { return room_; }

    /// Writes all of them, joined, and gives the end.
    char* write(char* out) const noexcept;

private:
    static constexpr std::string_view ampersand = "%26";
    static constexpr std::size_t few = 16; // so many are on the stack

    scratch& memory_;
    alignas(encoded_parameter) std::byte first_[few * sizeof(encoded_parameter)];
    std::pmr::monotonic_buffer_resource resource_{first_, sizeof first_, std::pmr::new_delete_resource()};
    std::pmr::vector<encoded_parameter> all_{&resource_};
    std::size_t room_ = 0;
};

} // namespace coauth::oauth1
