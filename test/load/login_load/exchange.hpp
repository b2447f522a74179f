// One request and what became of it, as values.
#pragma once

#include "login_crowd/place.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace login_crowd {

using clock = std::chrono::steady_clock;

struct request {
    request() = default;

    std::string method = "GET";
    origin where;
    std::string target = "/";
    std::string form;    ///< The body of a POST: name=value&...
    std::string cookies; ///< The value of Cookie; empty: none.
};

enum class ending {
    answered,
    refused, ///< There was no connection to be had.
    lost,    ///< The connection ended before the answer did.
    late,    ///< The patience was over.
};

struct answer {
    answer() = default;

    ending how = ending::answered;
    std::string why; ///< In the words of the system, unless answered.

    int status = 0;
    std::string location;
    std::vector<std::string> cookies; ///< Each Set-Cookie.
    std::string body;

    /// When the request was given to the kernel. On loopback it has arrived with that, so from here
    /// on it is the server's to answer. Unset if it never was.
    clock::time_point handed_over = clock::time_point::max();
};

} // namespace login_crowd
