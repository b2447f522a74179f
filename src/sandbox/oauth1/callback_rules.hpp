// Which callback URLs an app may use.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace coauth::sandbox {

enum class callback_verdict {
    accepted,
    not_approved, ///< Malformed, a forbidden scheme, or not on the app's list (X's code 415).
    only_oob,     ///< A desktop app, which may use PINs only (417).
};

/// `registered`: the app's list, compared character by character; nothing: any http or https URL with a
/// host and any app scheme, except the forbidden ones; an empty list: a desktop app. "oob" (in lower
/// case) is always accepted.
callback_verdict judge_callback(std::string_view callback, const std::optional<std::vector<std::string>>& registered);

/// Adds `name=value` pairs, which must be encoded, to the query that the callback may already have.
std::string append_query(std::string_view callback, std::string_view encoded);

/// What the page's Content-Security-Policy must let the form's response redirect to: "https:" or "myapp:".
std::string scheme_source(std::string_view callback);

} // namespace coauth::sandbox
