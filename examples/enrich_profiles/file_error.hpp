// Errors of OUT and of the file that replaces it.
#pragma once

#include <coauth/error.hpp>

#include <string>
#include <string_view>

namespace enrich {

/// "OUT, the file NAME, can't be VERB: ..." for an `errno`, with a hint where there is something to do.
coauth::error file_error(const std::string& name, std::string_view verb, int reason);

} // namespace enrich
