// The usual faults of clients, as changes to what they should have signed.
#pragma once

#include "oauth1/explain/draft.hpp"

#include <array>
#include <span>
#include <string>
#include <string_view>

namespace coauth::oauth1 {

/// One fault: the change it makes to the draft of a request, and what to tell the operator about it. A change that finds nothing
/// to change leaves the draft as it is.
struct signing_fault {
    std::string_view sentence;
    void (*change)(draft& d, const claims& c);
};

/// In method and URI.
std::span<const signing_fault> uri_faults() noexcept;
/// In which parameters were signed, and in what order.
std::span<const signing_fault> parameter_faults() noexcept;
/// In how they were decoded and encoded.
std::span<const signing_fault> encoding_faults() noexcept;

/// All of them, in the order in which they are tried.
inline std::array<std::span<const signing_fault>, 3> signing_faults() noexcept
{
    return {uri_faults(), parameter_faults(), encoding_faults()};
}

/// The members of the JSON object `text`, strings decoded, numbers, true, false and null as they are written. Empty
/// if it is not an object, or has an object or array inside.
parameters flat_json_members(std::string_view text);

/// The fields of the multipart body `text` that are no files.
parameters multipart_fields(std::string_view text);

/// What a client had to make its key of. Views of secrets: keep no copy that is not wiped.
struct key_parts {
    key_parts() = default;

    std::string_view consumer_key, consumer_secret;
    std::string_view token, token_secret; ///< Empty without a token.
};

/// The key as RFC 5849, section 3.4.2 makes it, of any two secrets.
std::string key_of(std::string_view consumer_secret, std::string_view token_secret);

/// One fault in the key. Without a token some of them make the right key, and then don't count.
struct key_fault {
    std::string_view sentence;
    std::string (*make)(const key_parts& parts);
};
std::span<const key_fault> key_faults() noexcept;

/// One fault in how the right signature was written: `signature` as it should be, `octets` are the digest. It
/// counts only if it changes something.
struct form_fault {
    std::string_view sentence;
    std::string (*make)(const std::string& signature, const std::string& octets);
};
std::span<const form_fault> form_faults() noexcept;

} // namespace coauth::oauth1
