// The parameters of one request while its base string is made.
#pragma once

#include <coauth/error.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace coauth::oauth1 {

/// Encoded names and values, kept side by side in one buffer and sorted as RFC 5849, section
/// 3.4.1.3.2 wants: names first, then values, octet by octet. Names are compared as a field of their
/// own; sorting the joined `name=value` texts goes wrong when one name is a prefix of another.
class encoded_parameters {
public:
    /// Encodes and adds a decoded pair.
    void add(std::string_view name, std::string_view value);

    /// Adds what a query or form body holds, as `text::parse_form` reads it. A part that is in OAuth's encoding already, such as
    /// `encode_form` writes, is taken unchanged; any other is decoded and encoded.
    result<void> add_form(std::string_view raw);

    void sort();

    bool contains(std::string_view encoded_name) const noexcept;

    /// Appends `a=b&c=d`.
    void append_normalized(std::string& out) const;

    /// Appends the same, encoded once more, as the base string has it.
    void append_encoded_again(std::string& out) const;

private:
    struct piece {
        std::size_t name, name_size, value, value_size;
    };

    std::string_view name(const piece& p) const noexcept
    {
        return std::string_view(buffer_).substr(p.name, p.name_size);
    }
    std::string_view value(const piece& p) const noexcept
    {
        return std::string_view(buffer_).substr(p.value, p.value_size);
    }

    result<void> add_part(std::string_view part);

    std::string buffer_;
    std::vector<piece> pieces_;
};

} // namespace coauth::oauth1
