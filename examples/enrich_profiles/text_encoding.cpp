#include "enrich_profiles/text_encoding.hpp"

#include <coauth/text/utf8.hpp>

#include <array>

namespace enrich {

namespace {

using namespace std::string_view_literals;

struct signature {
    std::string_view octets;
    encoding form;
    std::string_view unreadable;
};

// UTF-32's mark begins with that of UTF-16.
constexpr std::array signatures = {
    signature{"\xef\xbb\xbf"sv, encoding::utf8, ""},
    signature{"\xff\xfe\0\0"sv, encoding::utf8, "UTF-32"},
    signature{"\0\0\xfe\xff"sv, encoding::utf8, "UTF-32"},
    signature{"\xff\xfe"sv, encoding::utf16_le, ""},
    signature{"\xfe\xff"sv, encoding::utf16_be, ""},
    signature{"PK\x03\x04"sv, encoding::utf8, "a zip archive or a spreadsheet (.xlsx, .ods)"},
    signature{"\xd0\xcf\x11\xe0"sv, encoding::utf8, "a spreadsheet (.xls)"},
    signature{"\x1f\x8b"sv, encoding::utf8, "compressed (gzip)"},
};

// Two ASCII characters in UTF-16 without a mark, as far as there are octets: every other one is NUL.
bool alternates(std::string_view begin, bool nul_first)
{
    for (std::size_t i = 0; i < begin.size(); ++i)
        if ((begin[i] == '\0') != ((i % 2 == 0) == nul_first))
            return false;
    return true;
}

} // namespace

std::optional<text_encoding> detect_encoding(std::string_view begin, bool ended)
{
    constexpr std::size_t enough = 4;
    begin = begin.substr(0, enough);
    text_encoding found;
    for (const signature& known : signatures) {
        if (begin.starts_with(known.octets)) {
            found.form = known.form;
            found.mark_size = known.octets.size();
            found.unreadable = known.unreadable;
            return found;
        }
        if (!ended && known.octets.starts_with(begin))
            return std::nullopt;
    }
    for (const bool nul_first : {false, true}) {
        if (!alternates(begin, nul_first))
            continue;
        if (begin.size() == enough)
            found.form = nul_first ? encoding::utf16_be : encoding::utf16_le;
        else if (!ended)
            return std::nullopt;
    }
    return found;
}

std::string_view utf16_decoder::read(char octet)
{
    text_.clear();
    const auto value = static_cast<unsigned char>(octet);
    half_ = !half_;
    if (half_)
        first_ = value;
    else
        read_unit(big_endian_ ? first_ * 0x100U + value : value * 0x100U + first_);
    return text_;
}

std::string_view utf16_decoder::finish()
{
    text_.clear();
    if (half_ || high_ != 0)
        coauth::text::append_character(0xfffd, text_);
    half_ = false;
    high_ = 0;
    return text_;
}

void utf16_decoder::read_unit(char32_t unit)
{
    const bool is_low = unit >= 0xdc00 && unit <= 0xdfff;
    const char32_t high = high_;
    high_ = 0;
    if (high != 0 && is_low)
        return coauth::text::append_character(0x10000 + (high - 0xd800) * 0x400 + (unit - 0xdc00), text_);
    if (high != 0)
        coauth::text::append_character(0xfffd, text_);
    if (unit >= 0xd800 && unit <= 0xdbff)
        high_ = unit;
    else
        coauth::text::append_character(is_low ? 0xfffd : unit, text_);
}

} // namespace enrich
