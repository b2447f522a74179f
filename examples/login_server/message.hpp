// What a person is told when a login did not end in a profile.
#pragma once

#include <coauth/error.hpp>
#include <coauth/session/login.hpp>

#include <chrono>
#include <optional>
#include <string>

namespace login_server {

/// Plain words, with nothing of the request or of the provider's answer.
struct message {
    message(int status, std::string title, std::string text, std::string advice = {})
        : status(status), title(std::move(title)), text(std::move(text)), advice(std::move(advice))
    {}

    int status;
    std::string title;
    std::string text;   ///< What happened.
    std::string advice; ///< What to do, for someone who is not signed in; may be empty.
    std::optional<std::chrono::seconds> retry_after;
};

/// For every way a login ends but `granted`.
message message_for(coauth::login_status how);

/// Where the trouble arose.
enum class step {
    begin,  ///< Asking for a request token.
    finish, ///< At the callback.
};

message message_for(const coauth::error& why, step where);

} // namespace login_server
