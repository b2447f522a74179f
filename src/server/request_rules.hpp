// The rules for a request before a handler gets it: those that Beast leaves to its user, and the HTTP status of each
// of its errors.
#pragma once

#include <coauth/server/http_server.hpp>

#include <boost/system/error_code.hpp>

#include <optional>
#include <string_view>

namespace coauth::server {

/// A request that no handler gets: the status and one line of text.
struct refusal {
    refusal(int status, std::string reason) : status(status), reason(std::move(reason)) {}

    int status;
    std::string reason;
};

/// The response to it. The server closes the connection afterwards, since it can't know where the
/// next request would begin.
response answer_to(const refusal& refusal);

/// Looks at the request line and the header; `minor_version` is 0 or 1. A request whose end or host two
/// parsers could read differently is refused, not repaired. A target in absolute form
/// ("http://host/path") is split: its host replaces the Host header (RFC 9112, section 3.2.2).
std::optional<refusal> check_head(unsigned minor_version, request& head);

/// Which part of a request was being read.
enum class part { head, body };

/// The refusal of a request that could not be read; empty if the client has gone.
/// `too_slow`: the time for the request was up. `arrived`: the bytes of the header so far.
std::optional<refusal> refusal_for(
    boost::system::error_code failure, part reading, bool too_slow, std::string_view arrived = {});

} // namespace coauth::server
