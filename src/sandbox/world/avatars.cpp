#include "sandbox/world/avatars.hpp"

#include "sandbox/world/decimal.hpp"

#include <algorithm>
#include <array>

namespace coauth::sandbox {

namespace {

void put_u32(std::string& out, std::uint32_t value)
{
    for (const unsigned shift : {24U, 16U, 8U, 0U})
        out += static_cast<char>(value >> shift & 0xffU);
}

std::uint32_t crc32(std::string_view bytes)
{
    std::uint32_t crc = 0xffffffffU;
    for (const char c : bytes) {
        crc ^= static_cast<unsigned char>(c);
        for (int bit = 0; bit < 8; ++bit)
            crc = (crc >> 1) ^ ((crc & 1U) != 0 ? 0xedb88320U : 0U);
    }
    return ~crc;
}

std::uint32_t adler32(std::string_view bytes)
{
    std::uint32_t a = 1, b = 0;
    for (const char c : bytes) {
        a = (a + static_cast<unsigned char>(c)) % 65521U;
        b = (b + a) % 65521U;
    }
    return b << 16 | a;
}

void put_chunk(std::string& out, std::string_view type, std::string_view data)
{
    put_u32(out, static_cast<std::uint32_t>(data.size()));
    const auto body = std::string(type).append(data);
    out += body;
    put_u32(out, crc32(body));
}

// A zlib stream of stored blocks: one bit a pixel is small enough.
std::string stored(std::string_view data)
{
    constexpr std::size_t longest = 65535;
    std::string out = "\x78\x01";
    const auto checksum = adler32(data);
    while (true) {
        const auto size = std::min(data.size(), longest);
        out += size == data.size() ? '\1' : '\0';
        for (const auto n : {size, ~size}) {
            out += static_cast<char>(n & 0xffU);
            out += static_cast<char>(n >> 8 & 0xffU);
        }
        out.append(data.substr(0, size));
        data.remove_prefix(size);
        if (data.empty())
            break;
    }
    put_u32(out, checksum);
    return out;
}

// Spreads the bits, so that neighbours do not look alike.
std::uint64_t mixed(std::uint64_t n)
{
    n = (n ^ (n >> 30)) * 0xbf58476d1ce4e5b9ULL;
    n = (n ^ (n >> 27)) * 0x94d049bb133111ebULL;
    return n ^ (n >> 31);
}

} // namespace

std::string draw_avatar(std::uint64_t number, unsigned size)
{
    const auto bits = mixed(number);
    std::string pixels;
    for (unsigned y = 0; y < size; ++y) {
        pixels += '\0'; // No filter.
        std::string row((size + 7) / 8, '\0');
        for (unsigned x = 0; x < size; ++x) {
            // Five by five cells, the right half a mirror of the left.
            const auto column = std::min(x * 5 / size, 4 - x * 5 / size);
            const auto cell = y * 5 / size * 3 + column;
            if ((bits >> cell & 1U) != 0)
                row[x / 8] = static_cast<char>(static_cast<unsigned char>(row[x / 8]) | 0x80U >> x % 8);
        }
        pixels += row;
    }

    std::string png = "\x89PNG\r\n\x1a\n";
    std::string header;
    put_u32(header, size);
    put_u32(header, size);
    header += std::string("\x01\x03\x00\x00\x00", 5); // One bit, by palette.
    put_chunk(png, "IHDR", header);
    std::string palette = "\xf2\xf2\xee";
    for (const unsigned shift : {24U, 32U, 40U})
        palette += static_cast<char>(0x30U + (bits >> shift & 0x7fU));
    put_chunk(png, "PLTE", palette);
    put_chunk(png, "IDAT", stored(pixels));
    put_chunk(png, "IEND", "");
    return png;
}

server::response avatar_response(std::string_view id, std::string_view file)
{
    const auto number = parse_decimal<std::uint64_t>(id);
    if (!number || !file.ends_with(".png"))
        return server::response(404, "text/plain; charset=utf-8", "There is no such picture.\n");
    file.remove_suffix(4);
    const unsigned size = file.ends_with("_mini")     ? 24
                          : file.ends_with("_normal") ? 48
                          : file.ends_with("_bigger") ? 73
                                                      : 400;
    return server::response(200, "image/png", draw_avatar(*number, size));
}

} // namespace coauth::sandbox
