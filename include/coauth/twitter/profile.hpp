// A person.
#pragma once

#include <coauth/export.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace coauth::twitter {

/// The documented sizes of a profile picture, in pixels a side.
enum class picture_size {
    mini,     ///< 24
    normal,   ///< 48
    bigger,   ///< 73
    original, ///< As uploaded.
};

/// A person's profile, the same for both APIs. What the provider did not give, or gave as null, as an
/// empty text or in another shape than its own, is empty; `id` and `name` are always there (a person
/// without a name goes by the user name, else by the id). Texts are UTF-8, with U+FFFD for what is not
/// Unicode and without control characters, except for the line breaks of a description.
///
/// Recognise a person by `id`: user names change hands.
///
/// Thread safety: a value. Lifetime: owns its texts.
struct COAUTH_DECL profile {
    profile() = default;

    std::string id;                     ///< Decimal, up to 19 digits; a text, since it does not fit a double.
    std::string username;               ///< Without `@`; compares without case. Old accounts have up to 20 letters.
                                        ///< Empty if the provider gave none; one with other characters than
                                        ///< `[A-Za-z0-9_]` is odd, so escape it for HTML.
    std::string name;                   ///< As shown; any characters, so escape it for HTML.
    std::optional<std::string> picture; ///< https URL, the `normal` size; see `picture_url`. Anything else is left out.
    std::optional<std::string> description;
    std::optional<std::string> location;
    std::optional<std::string> url;   ///< http or https; anything else is left out, so it can stand in a link.
    std::optional<std::string> email; ///< Only if the app may ask for it and the address is confirmed.
    std::optional<bool> is_protected; ///< The person's tweets are for approved followers only.
    std::optional<bool> verified;
    std::optional<std::int64_t> followers_count;
    std::optional<std::int64_t> following_count;
    std::optional<std::int64_t> tweet_count;
    std::optional<std::chrono::sys_seconds> created_at;

    /// The picture's URL in another size: the `_normal` before the extension is replaced.
    std::optional<std::string> picture_url(picture_size size) const;
};

/// Whom to look up: by id or by user name.
///
/// A text alone is a user name, for user names may consist of digits.
class COAUTH_DECL user_ref {
public:
    user_ref(const char* username) : user_ref(kind::username, username) {}
    user_ref(std::string username) : user_ref(kind::username, std::move(username)) {}

    static user_ref id(std::string id) { return user_ref(kind::id, std::move(id)); }
    static user_ref username(std::string name) { return user_ref(kind::username, std::move(name)); }

    bool is_id() const noexcept { return kind_ == kind::id; }
    const std::string& text() const noexcept { return text_; }

    /// True if it can be asked for: an id of 1 to 19 digits without a zero in front, a name of 1 to 15
    /// of `[A-Za-z0-9_]`. The provider refuses a whole request for a longer name; ask by id for those.
    bool valid() const noexcept;

    /// The same for two that mean the same person in the same way: names compare without case, and a
    /// name never equals an id.
    std::string key() const;

private:
    enum class kind { id, username };
    user_ref(kind k, std::string text) : kind_(k), text_(std::move(text)) {}

    kind kind_;
    std::string text_;
};

} // namespace coauth::twitter
