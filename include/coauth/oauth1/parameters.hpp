// Request parameters: names and values, decoded, in the order in which they came.
#pragma once

#include <coauth/error.hpp>
#include <coauth/text/form.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace coauth::oauth1 {

/// A decoded name and value. Names may repeat and may be empty; both count (RFC 5849, section 3.4.1.3).
using parameter = std::pair<std::string, std::string>;
using parameters = std::vector<parameter>;

using text::count;
using text::find;
using text::parse_form;

/// True if `content_type` names `application/x-www-form-urlencoded`, in any case and with any parameters.
COAUTH_DECL bool is_form(std::string_view content_type) noexcept;

/// Writes `name=value&...` with OAuth's percent-encoding, in the order given. What is written this
/// way is signed and sent as the same bytes.
COAUTH_DECL std::string encode_form(const parameters& list);

/// The same, appended to `out`.
COAUTH_DECL void encode_form(const parameters& list, std::string& out);

/// Encodes, sorts by encoded name and then encoded value, and joins (section 3.4.1.3.2).
COAUTH_DECL std::string normalize(const parameters& list);

} // namespace coauth::oauth1
