// The keys that seal what a database keeps.
#pragma once

#include <coauth/error.hpp>
#include <coauth/export.hpp>
#include <coauth/secret.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace coauth::store {

/// One key, and the id by which records name it.
struct sealing_key {
    sealing_key(std::string new_id, secret new_octets) : id(std::move(new_id)), octets(std::move(new_octets)) {}

    std::string id; ///< From 1 to 32 letters, digits, `-` and `_`.
    secret octets;  ///< 32 octets.
};

/// Reads a key text: exactly 32 octets are one key, whose id is the first 4 octets of its SHA-256 in hexadecimal; otherwise
/// each line is `ID BASE64URL`, with 43 characters for the 32 octets, the newest key first. Empty lines don't count. Fails
/// with `errc::invalid_argument` for anything else, for no key, for over 64 keys and for an id that comes twice.
COAUTH_DECL result<std::vector<sealing_key>> read_keys(std::string_view text);

/// The keys at hand. The newest seals; all of them open. Where the ring has a source, such as a file, it is read again when
/// a record names a key that the ring does not have, at most once a second: another process may have begun to use it.
///
/// Thread safety: safe. Lifetime: shared by the stores that use it; keys are wiped.
class COAUTH_DECL key_ring {
public:
    /// Gives a key text (see `read_keys`), or throws. Called on any thread, one call at a time.
    using source = std::function<secret()>;

    /// Reads the source. Throws what it throws, and `errc::invalid_argument` for a text that is none.
    explicit key_ring(source keys);

    /// Without a source.
    explicit key_ring(std::vector<sealing_key> keys);

    sealing_key newest() const;

    /// Reads the source again if the ring does not have it. Throws `errc::sealed_record` if that can't be read.
    std::optional<sealing_key> find(std::string_view id);

    /// All ids, the newest first.
    std::vector<std::string> ids() const;

    /// Reads the source again. Throws as the constructor does; the ring stays as it was then.
    void reload();

    /// Puts a newer key in front, which seals from now on. Throws `errc::invalid_argument` for an id or octets of another
    /// form, and for an id that the ring has.
    void add(sealing_key newest);

    /// Removes a key: what it sealed can't be opened any more. Throws `errc::invalid_argument` for the last one and for one
    /// that the ring does not have.
    void remove(std::string_view id);

private:
    std::optional<sealing_key> held(std::string_view id) const;

    const source source_;
    mutable std::mutex mutex_;
    std::mutex reading_;
    std::vector<sealing_key> keys_;
    std::chrono::steady_clock::time_point read_again_at_{};
};

/// The keys of a file. Throws `errc::invalid_argument` if it can't be read, or if others than its owner may read it (a
/// mode beyond 0600). A pipe, such as `/dev/fd/3`, is read once, and never again.
COAUTH_DECL std::shared_ptr<key_ring> keys_from_file(const std::string& path);

/// The keys that an open descriptor gives until its end. It is read once and stays open.
COAUTH_DECL std::shared_ptr<key_ring> keys_from_descriptor(int descriptor);

/// Makes the file `path` (mode 0600) with one random key, and returns the key's id. Throws `errc::invalid_argument` if there is
/// such a file already, or it can't be made.
COAUTH_DECL std::string make_key_file(const std::string& path);

/// Puts a new random key in front of those of the file, and returns its id. The file is replaced whole: a reader finds the
/// old text or the new one. Programs that run find it when they meet a record that it sealed. Throws as `keys_from_file`.
COAUTH_DECL std::string add_key(const std::string& path);

/// Removes a key of the file in the same way. Throws `errc::invalid_argument` for the newest key and one that is not there.
COAUTH_DECL void drop_key(const std::string& path, std::string_view id);

/// A key of 32 random octets. Its id is the first 4 octets of its SHA-256 in hexadecimal.
COAUTH_DECL sealing_key random_key();

/// The line of a key text.
COAUTH_DECL secret line_of(const sealing_key& key);

} // namespace coauth::store
