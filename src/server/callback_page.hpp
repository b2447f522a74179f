// What the person sees when the browser comes back.
#pragma once

#include <coauth/server/http_server.hpp>

namespace coauth::server {

/// What a request to the callback listener was.
enum class callback_outcome {
    done,         ///< The callback that was waited for.
    refused,      ///< The callback of something else.
    gone,         ///< A callback after the one that was waited for.
    elsewhere,    ///< Another path.
    wrong_method, ///< Neither GET nor HEAD.
};

/// A small page that is the same for everyone: it shows nothing of the request.
response callback_page(callback_outcome outcome);

} // namespace coauth::server
