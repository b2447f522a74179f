#include "store/sealed_record.hpp"

#include "crypto/aead.hpp"
#include "crypto/random.hpp"

#include <optional>
#include <utility>

namespace coauth::store {

namespace {

constexpr char format = 1;
constexpr std::string_view purpose = "coauth sealed record 1";
constexpr std::size_t salt_size = 16;

void append_number(std::uint64_t number, std::string& out)
{
    for (int shift = 56; shift >= 0; shift -= 8)
        out += static_cast<char>(number >> shift & 0xff);
}

// With the length of each, so that no two places have one text.
std::string associated_text(std::string_view front, const record_place& place)
{
    std::string out(purpose);
    for (const std::string_view part : {front, std::string_view(place.store), std::string_view(place.table),
             std::string_view(place.provider), std::string_view(place.key)}) {
        append_number(part.size(), out);
        out += part;
    }
    append_number(place.version, out);
    return out;
}

// What stands in front of the sealed text.
struct record_front {
    std::string_view whole; ///< All of it.
    std::string_view key_id;
    std::string_view salt;
    std::string_view nonce;
};

std::optional<record_front> front_of(std::string_view sealed)
{
    constexpr std::size_t fixed = 2;
    if (sealed.size() < fixed)
        return std::nullopt;
    const std::size_t id_size = static_cast<unsigned char>(sealed[1]);
    const std::size_t size = fixed + id_size + salt_size + crypto::aead_nonce_size;
    if (sealed.size() < size + crypto::aead_tag_size)
        return std::nullopt;
    record_front out;
    out.whole = sealed.substr(0, size);
    out.key_id = sealed.substr(fixed, id_size);
    out.salt = sealed.substr(fixed + id_size, salt_size);
    out.nonce = sealed.substr(fixed + id_size + salt_size, crypto::aead_nonce_size);
    return out;
}

// An id as an error shows it: it may be anything where a record was altered.
std::string shown_id(std::string_view id)
{
    for (const char c : id)
        if (c <= ' ' || c > '~')
            return "(altered)";
    return std::string(id);
}

} // namespace

error unreadable_record(const record_place& place, std::string reason)
{
    std::string message = "a record of the table " + place.table;
    if (!place.provider.empty())
        message += ", provider " + place.provider + ",";
    return error(errc::sealed_record, message + " can't be used: " + std::move(reason));
}

std::string seal(const key_ring& keys, const record_place& place, std::string_view text)
{
    const auto key = keys.newest();
    std::string out;
    out += format;
    out += static_cast<char>(key.id.size());
    out += key.id;
    const std::size_t salt_begins = out.size();
    out.resize(out.size() + salt_size + crypto::aead_nonce_size);
    crypto::fill_random(out.data() + salt_begins, salt_size + crypto::aead_nonce_size);

    const auto front = std::string_view(out);
    const auto derived = crypto::derive_key(key.octets.reveal(), front.substr(salt_begins, salt_size), purpose);
    const auto nonce = front.substr(salt_begins + salt_size);
    const auto sealed = crypto::aead_seal(derived.reveal(), nonce, associated_text(front, place), text);
    out += sealed;
    return out;
}

secret open(key_ring& keys, const record_place& place, std::string_view sealed)
{
    if (!sealed.empty() && static_cast<unsigned char>(sealed[0]) > static_cast<unsigned char>(format))
        throw unreadable_record(place, "its format is newer than this program's, or it was altered")
            .with_hint("use a version of coauth that is at least as new as the one that wrote it");
    const auto front = front_of(sealed);
    if (!front || sealed[0] != format)
        throw unreadable_record(place, "it is cut short, or was not sealed");
    const auto key = keys.find(front->key_id);
    if (!key)
        throw unreadable_record(
            place, "it was sealed with the key " + shown_id(front->key_id) + ", which is not at hand")
            .with_hint("give the key file that has this key, too; without it the record can't be read by anyone");
    const auto derived = crypto::derive_key(key->octets.reveal(), front->salt, purpose);
    auto text = crypto::aead_open(
        derived.reveal(), front->nonce, associated_text(front->whole, place), sealed.substr(front->whole.size()));
    if (!text)
        throw unreadable_record(
            place, "it was altered, belongs to another row, or was sealed with another key of the same id")
            .with_hint("somebody or something other than coauth wrote to the database, or its key file was replaced");
    return std::move(*text);
}

bool is_sealed_by_newest(const key_ring& keys, std::string_view sealed)
{
    const auto front = front_of(sealed);
    return front && front->key_id == keys.newest().id;
}

} // namespace coauth::store
