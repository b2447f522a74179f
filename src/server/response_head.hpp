// An answer as bytes, and the check that they are one answer.
#pragma once

#include <coauth/server/http_server.hpp>

#include <string>
#include <string_view>

namespace coauth::server {

/// True if `answer` can be written as it is: a final status, header names that are tokens, and no
/// control character (CR, LF and NUL among them) in a value.
bool well_formed(const response& answer) noexcept;

/// True if the handler wants the connection closed after this answer.
bool wants_close(const response& answer) noexcept;

/// True if an answer with this status has no body (RFC 9110, sections 15.3.5 and 15.4.5).
bool bodiless(int status) noexcept;

/// The status line and the header, with the empty line that ends them. `answer` is well formed; how
/// it is framed is the server's affair, so the handler's Connection, Content-Length,
/// Transfer-Encoding and Keep-Alive are left out. `date` is used unless the handler set one.
std::string response_head(const response& answer, bool keep_alive, std::string_view date);

} // namespace coauth::server
