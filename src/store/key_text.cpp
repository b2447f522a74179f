#include "crypto/digest.hpp"
#include "crypto/random.hpp"
#include "text/base64.hpp"
#include "text/base64url.hpp"
#include "text/hex.hpp"

#include <coauth/store/key_ring.hpp>
#include <coauth/text/ascii.hpp>

#include <algorithm>
#include <array>

namespace coauth::store {

namespace {

constexpr std::size_t key_octets = 32;
constexpr std::size_t most_keys = 64;
constexpr std::size_t longest_id = 32;

bool is_key_id(std::string_view id)
{
    return !id.empty() && id.size() <= longest_id && std::all_of(id.begin(), id.end(), [](char c) {
        return text::is_letter_or_digit(c) || c == '-' || c == '_';
    });
}

std::string digest_id(std::string_view octets)
{
    constexpr std::size_t octets_of_id = 4;
    const auto digest = crypto::sha256(octets);
    std::string id;
    for (std::size_t i = 0; i < octets_of_id; ++i)
        text::append_hex(digest[i], id);
    return id;
}

// Says where, never what stands there.
error bad_line(std::size_t line, std::string reason)
{
    return error(errc::invalid_argument, "line " + std::to_string(line) + " of the key text " + std::move(reason))
        .with_hint(
            "a key file is 32 octets, or lines of an id, a blank and 43 characters of base64url, the newest first");
}

result<sealing_key> read_line(std::string_view text, std::size_t line)
{
    const auto blank = text.find(' ');
    if (blank == std::string_view::npos)
        return bad_line(line, "has no blank between id and key");
    const auto id = text.substr(0, blank);
    if (!is_key_id(id))
        return bad_line(line, "begins with no id of 1 to 32 letters, digits, - and _");
    auto octets = text::decode_base64url(text.substr(blank + 1));
    if (!octets || octets->size() != key_octets) {
        if (octets)
            wipe(*octets);
        return bad_line(line, "has no key of 32 octets in base64url");
    }
    return sealing_key(std::string(id), secret(std::move(*octets)));
}

} // namespace

result<std::vector<sealing_key>> read_keys(std::string_view text)
{
    std::vector<sealing_key> keys;
    if (text.size() == key_octets) {
        keys.emplace_back(digest_id(text), secret(text));
        return keys;
    }
    for (std::size_t line = 1; !text.empty(); ++line) {
        const auto end = std::min(text.find('\n'), text.size());
        const auto content = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (content.empty())
            continue;
        auto key = read_line(content, line);
        if (!key)
            return key.error();
        if (std::any_of(keys.begin(), keys.end(), [&](const sealing_key& other) { return other.id == key->id; }))
            return bad_line(line, "has an id that came before");
        if (keys.size() == most_keys)
            return bad_line(line, "is one too many: 64 keys at most");
        keys.push_back(std::move(*key));
    }
    if (keys.empty())
        return error(errc::invalid_argument, "the key text has no key");
    return keys;
}

sealing_key random_key()
{
    std::array<char, key_octets> octets{};
    crypto::fill_random(octets.data(), octets.size());
    const std::string_view text(octets.data(), octets.size());
    sealing_key made(digest_id(text), secret(text));
    crypto::wipe(octets.data(), octets.size());
    return made;
}

secret line_of(const sealing_key& key)
{
    std::string line = key.id + ' ';
    auto encoded = text::base64url_encode(key.octets.reveal());
    line.reserve(line.size() + encoded.size() + 1);
    line += encoded;
    line += '\n';
    wipe(encoded);
    return secret(std::move(line));
}

} // namespace coauth::store
