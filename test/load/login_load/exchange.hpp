// One request and its response, as values.
#pragma once

#include "login_load/origin.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace login_load {

using clock = std::chrono::steady_clock;

struct request {
    request() = default;

    std::string method = "GET";
    origin server;
    std::string target = "/";
    std::string form;    ///< The body of a POST: name=value&...
    std::string cookies; ///< The value of Cookie; empty: none.
};

enum class ending {
    responded,
    refused, ///< No connection could be made.
    lost,    ///< The connection ended before the response did.
    late,    ///< The time limit passed.
};

struct response {
    response() = default;

    ending kind = ending::responded;
    std::string why; ///< In the words of the system, unless there was a response.

    int status = 0;
    std::string location;
    std::vector<std::string> cookies; ///< Each Set-Cookie.
    std::string body;

    /// When the request was given to the kernel. On loopback it has arrived with that, so from here
    /// on the server has to respond. Unset if it never was.
    clock::time_point handed_over = clock::time_point::max();
};

} // namespace login_load
