// A command on its way, and what becomes of it.
#pragma once

#include "coro/thread_completion.hpp"
#include "store/redis/reply.hpp"

#include <coauth/error.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace coauth::store::redis {

/// A Lua script. It is sent by its digest, and whole where Redis does not know it.
struct redis_script {
    explicit redis_script(std::string new_text);

    std::string text;
    std::string digest; ///< SHA-1 in hexadecimal.
};

struct redis_command {
    /// `arguments`: the command itself first.
    redis_command(std::string_view new_operation, std::vector<std::string> new_arguments, bool new_repeatable = false)
        : operation(new_operation), arguments(std::move(new_arguments)), repeatable(new_repeatable)
    {}

    /// `arguments`: the script's own, behind `key`, which tells where its keys are.
    redis_command(std::string_view new_operation, const redis_script& new_script, const std::string& key,
        std::vector<std::string> new_arguments, bool new_repeatable = false);

    std::string_view operation; ///< A literal, for errors: "storing a login".
    const redis_script* script = nullptr;
    std::vector<std::string> arguments; ///< All that is sent.
    bool repeatable = false;            ///< It does no harm twice, so it is sent again if its reply is lost.
};

/// Shared by who waits, who may leave, and the connection. What it became is written before `done` is completed.
struct redis_request {
    redis_request(redis_command new_command, std::chrono::steady_clock::time_point new_deadline)
        : command(std::move(new_command)), deadline(new_deadline)
    {}

    redis_command command;
    const std::chrono::steady_clock::time_point deadline;
    const std::shared_ptr<thread_completion> done = std::make_shared<thread_completion>();
    redis_reply reply;
    std::optional<error> failed;
    bool out_of_memory = false;
};

} // namespace coauth::store::redis
