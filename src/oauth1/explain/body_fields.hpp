// Bodies that are no forms, as a client signs them that takes what is inside for parameters.
#pragma once

#include <coauth/oauth1/parameters.hpp>

#include <string_view>

namespace coauth::oauth1 {

/// The members of the JSON object `text`, strings decoded, numbers, true, false and null as they are written. Empty
/// if it is not an object, or has an object or array inside.
parameters flat_json_members(std::string_view text);

/// The fields of the multipart body `text` that are no files.
parameters multipart_fields(std::string_view text);

} // namespace coauth::oauth1
