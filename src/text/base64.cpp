#include "text/base64.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace coauth::text {

namespace {

constexpr std::string_view base64_alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view base64url_alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

// What each character of base64 stands for; -1 for any other.
constexpr auto base64_values = [] {
    std::array<std::int8_t, 256> table{};
    table.fill(-1);
    for (std::size_t i = 0; i < base64_alphabet.size(); ++i)
        table[static_cast<unsigned char>(base64_alphabet[i])] = static_cast<std::int8_t>(i);
    return table;
}();

std::span<const unsigned char> octets_of(std::string_view text) noexcept
{
    return {reinterpret_cast<const unsigned char*>(text.data()), text.size()};
}

void append_base64(std::span<const unsigned char> octets, std::string_view alphabet, bool padded, std::string& out)
{
    const std::size_t begin = out.size();
    const std::size_t whole = octets.size() / 3;
    const std::size_t rest = octets.size() % 3;
    const std::size_t letters = rest == 0 ? 0 : padded ? 4 : rest + 1;
    out.resize(begin + 4 * whole + letters, '=');
    char* end = out.data() + begin;
    const unsigned char* next = octets.data();
    const auto letter = [&end, letters_of = alphabet.data()](unsigned bits) { *end++ = letters_of[bits & 63]; };
    for (std::size_t i = 0; i < whole; ++i, next += 3) {
        const unsigned bits = next[0] * 0x10000U + next[1] * 0x100U + next[2];
        letter(bits >> 18);
        letter(bits >> 12);
        letter(bits >> 6);
        letter(bits);
    }
    if (rest == 0)
        return;
    const unsigned bits = next[0] * 0x100U + (rest == 2 ? next[1] : 0U);
    letter(bits >> 10);
    letter(bits >> 4);
    if (rest == 2)
        letter(bits << 2);
}

} // namespace

void base64_encode(std::span<const unsigned char> octets, std::string& out)
{
    append_base64(octets, base64_alphabet, true, out);
}

std::string base64_encode(std::span<const unsigned char> octets)
{
    std::string out;
    base64_encode(octets, out);
    return out;
}

std::string base64_encode(std::string_view octets)
{
    return base64_encode(octets_of(octets));
}

void base64url_encode(std::span<const unsigned char> octets, std::string& out)
{
    append_base64(octets, base64url_alphabet, false, out);
}

std::string base64url_encode(std::string_view octets)
{
    std::string out;
    base64url_encode(octets_of(octets), out);
    return out;
}

result<std::vector<unsigned char>> base64_decode(std::string_view text, tail_bits tail)
{
    const auto refuse = [] { return error(errc::invalid_argument, "the text is not canonical base64"); };
    const std::string_view letters = without_padding(text);
    const std::size_t padding = text.size() - letters.size();
    if (text.size() % 4 != 0 || text.size() > 1 << 20 || padding > 2)
        return refuse();
    std::vector<unsigned char> out;
    out.reserve(text.size() / 4 * 3);
    unsigned bits = 0; // the lowest `held` of them are of no octet yet
    unsigned held = 0;
    for (const char c : letters) {
        const int value = base64_values[static_cast<unsigned char>(c)];
        if (value < 0)
            return refuse();
        bits = (bits << 6 | static_cast<unsigned>(value)) & 0xffff;
        held += 6;
        if (held < 8)
            continue;
        held -= 8;
        out.push_back(static_cast<unsigned char>(bits >> held & 0xff));
    }
    const unsigned left_over = bits & ((1U << held) - 1);
    if (tail == tail_bits::zero && left_over != 0)
        return refuse();
    return out;
}

} // namespace coauth::text
