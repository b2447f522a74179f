#include "oauth1/base64.hpp"

#include <openssl/evp.h>

#include <algorithm>

namespace coauth::oauth1 {

void base64_encode(const unsigned char* octets, std::size_t size, std::string& out)
{
    // EVP_EncodeBlock writes a NUL behind the text.
    const auto start = out.size();
    out.resize(start + (size + 2) / 3 * 4 + 1);
    const int written =
        EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data() + start), octets, static_cast<int>(size));
    out.resize(start + static_cast<std::size_t>(written));
}

result<std::vector<unsigned char>> base64_decode(std::string_view text)
{
    const auto refuse = [] { return error(errc::invalid_argument, "the text is not canonical base64"); };
    if (text.size() % 4 != 0 || text.size() > 1 << 20)
        return refuse();
    std::vector<unsigned char> out(text.size() / 4 * 3);
    const int decoded =
        EVP_DecodeBlock(out.data(), reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
    if (decoded < 0)
        return refuse();
    const auto padding = std::min<std::size_t>(2, static_cast<std::size_t>(std::count(text.begin(), text.end(), '=')));
    out.resize(static_cast<std::size_t>(decoded) - std::min(padding, static_cast<std::size_t>(decoded)));

    // OpenSSL is lenient about white space and tail bits; only the canonical text is equal to its own encoding.
    std::string again;
    base64_encode(out.data(), out.size(), again);
    if (again != text)
        return refuse();
    return out;
}

} // namespace coauth::oauth1
