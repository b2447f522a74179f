// The users that a call asks for.
#pragma once

#include <coauth/export.hpp>

#include <string>
#include <utility>

namespace coauth {

/// A user to look up: by id or by user name. A text alone is a user name, for user names may consist of digits.
/// Which ids and names there are, and which of them are equal, is the provider's to say (`lookup_rules`).
///
/// Thread safety: a value. Lifetime: owns its text.
class COAUTH_DECL user_ref {
public:
    user_ref(const char* username) : user_ref(kind::username, username) {}
    user_ref(std::string username) : user_ref(kind::username, std::move(username)) {}

    static user_ref id(std::string id) { return user_ref(kind::id, std::move(id)); }
    static user_ref username(std::string name) { return user_ref(kind::username, std::move(name)); }

    bool is_id() const noexcept { return kind_ == kind::id; }
    const std::string& text() const noexcept { return text_; }

private:
    enum class kind { id, username };
    user_ref(kind k, std::string text) : kind_(k), text_(std::move(text)) {}

    kind kind_;
    std::string text_;
};

} // namespace coauth
