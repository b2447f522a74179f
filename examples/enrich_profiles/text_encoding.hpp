// The encoding of IN: UTF-8, or UTF-16 as Excel and Windows write it.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace enrich {

enum class encoding { utf8, utf16_le, utf16_be };

struct text_encoding {
    text_encoding() = default;

    encoding form = encoding::utf8;
    std::size_t mark_size = 0;   ///< Octets of the byte order mark before the text.
    std::string_view unreadable; ///< What IN is instead, such as "a zip archive"; empty: it is text.
};

/// Looks at the first four octets, for a byte order mark or for the NULs of UTF-16 without one. Nothing: more octets
/// must tell. `ended`: there are no more.
std::optional<text_encoding> detect_encoding(std::string_view begin, bool ended);

/// UTF-16 that comes octet by octet, turned into UTF-8.
class utf16_decoder {
public:
    explicit utf16_decoder(bool big_endian) : big_endian_(big_endian) {}

    /// The characters that this octet completes, with U+FFFD for an unpaired surrogate. Valid until the next call.
    std::string_view read(char octet);

    /// There are no more octets: U+FFFD if a character is not complete.
    std::string_view finish();

private:
    void read_unit(char32_t unit);

    bool big_endian_;
    bool half_ = false; // of a unit, in `first_`
    unsigned char first_ = 0;
    char32_t high_ = 0; // a surrogate that waits for its other half; 0: none
    std::string text_;
};

} // namespace enrich
