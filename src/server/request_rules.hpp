// What a request must be before a handler sees it. Beast reads the bytes; these are the rules that
// Beast leaves to its user, and what each of its refusals is called in HTTP.
#pragma once

#include <coauth/server/http_server.hpp>

#include <boost/system/error_code.hpp>

#include <optional>
#include <string_view>

namespace coauth::server {

/// A request that gets no handler: the status and one line for a person.
struct refusal {
    refusal(int status, std::string reason) : status(status), reason(std::move(reason)) {}

    int status;
    std::string reason;
};

/// The answer to it. The server closes the connection afterwards, since nobody can say where the
/// next request would begin.
response answer_to(const refusal& why);

/// Looks at the request line and the header; `minor_version` is 0 or 1. Whatever makes two readers
/// disagree about where a request ends or whom it is for is refused, not repaired. A target in absolute form
/// ("http://host/path") is taken apart: its host replaces the Host header (RFC 9112, section 3.2.2).
std::optional<refusal> check_head(unsigned minor_version, request& head);

/// Which part of a request was being read.
enum class part { head, body };

/// What to say to a request whose reading failed; nothing if the client has gone.
/// `too_slow`: the time for the request was up. `arrived`: the bytes of the header so far.
std::optional<refusal> refusal_for(
    boost::system::error_code failure, part reading, bool too_slow, std::string_view arrived = {});

} // namespace coauth::server
