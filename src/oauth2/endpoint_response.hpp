// The body of an endpoint's response, before anyone asks what it is.
#pragma once

#include "oauth2/json_object.hpp"

#include <coauth/oauth2/error_response.hpp>
#include <coauth/text/form.hpp>

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace coauth::oauth2 {

/// Members by name: of a JSON object or a form.
///
/// Lifetime: owns its values.
class response_members {
public:
    explicit response_members(strict_object object) : object_(std::move(object)) {}
    explicit response_members(text::form fields) : fields_(std::move(fields)) {}

    /// The text of a string; empty if it is missing, null or of another kind.
    std::string_view text(std::string_view name) const noexcept;

    /// False if it is missing or null.
    bool has(std::string_view name) const noexcept;

    /// True for a text without a character, which some send in place of nothing.
    bool is_empty_text(std::string_view name) const noexcept;

    /// Null for a form.
    const boost::json::value* json(std::string_view name) const noexcept;

    /// A text as it is, anything else in JSON; names and values.
    text::form all() const;

private:
    std::optional<strict_object> object_;
    text::form fields_;
};

/// The members of a response to a request of `kind`, if it is not a refusal: of a JSON object, or of a form that has
/// `form_member`. Fails as `parse_token_response` does.
result<response_members> read_endpoint_response(
    request_kind kind, int status, std::string_view body, std::string_view form_member, std::span<const secret> hidden);

/// A refusal that `members` hold, if they hold one.
std::optional<error_response> find_refusal(const response_members& members);

/// `malformed_response`: "the response to the request for NAME REASON".
error malformed_response_to(request_kind kind, const std::string& reason);

/// A number of seconds: a whole number from `least`, or one as text. `malformed_response` for anything else and for over
/// `longest_token_life`; nothing if it is missing or null.
result<std::optional<std::chrono::seconds>> read_seconds(
    const response_members& members, request_kind kind, std::string_view name, std::chrono::seconds least);

/// A token or a code of up to 16 KiB of printable ASCII; empty if it is missing, null or an empty text. `malformed_response` for anything
/// else.
result<secret> read_token(const response_members& members, request_kind kind, std::string_view name);

} // namespace coauth::oauth2
