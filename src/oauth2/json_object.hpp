// JSON that decides who a user is: read strictly.
#pragma once

#include "text/json_body.hpp"

#include <boost/json/object.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace coauth::oauth2 {

/// A JSON object in which no object names a member twice.
///
/// Lifetime: owns its values; what it gives lives as long as it.
class strict_object {
public:
    /// Nothing for anything else, and for a text that is not UTF-8.
    static std::optional<strict_object> parse(std::string_view json);

    const boost::json::object& members() const noexcept { return body_.root().get_object(); }

    /// Null if it is missing. A member that is `null` is not missing.
    const boost::json::value* find(std::string_view name) const noexcept;

private:
    explicit strict_object(text::json_body body) : body_(std::move(body)) {}

    text::json_body body_;
};

/// The text of a string; nothing for any other kind.
std::optional<std::string_view> text_of(const boost::json::value* value) noexcept;

} // namespace coauth::oauth2
