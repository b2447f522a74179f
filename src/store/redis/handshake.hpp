// What is said on a new connection before the first command.
#pragma once

#include "store/redis/reply.hpp"

#include <coauth/error.hpp>
#include <coauth/store/redis_store.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace coauth::store::redis {

/// Decides; no I/O. All is sent at once, and replies come in the order of `commands`.
class redis_handshake {
public:
    /// `asks_policy`: whether to ask for `maxmemory-policy`, once a program.
    redis_handshake(const redis_options& address, bool asks_policy);

    std::vector<std::vector<std::string>> commands() const;

    struct verdict {
        enum class state { going_on, ready, retry, refused };

        explicit verdict(state new_next) : next(new_next) {}
        verdict(state new_next, error new_reason) : next(new_next), reason(std::move(new_reason)) {}

        state next;
        std::optional<error> reason; ///< Of `retry` and `refused`.
        std::string warning;         ///< For the operator, if not empty.
    };

    /// Takes the next reply.
    verdict take(const redis_reply& reply);

private:
    enum class step { authentication, selection, naming, information, policy, ping };

    struct sent_step {
        sent_step(step new_kind, std::vector<std::string> new_command) : kind(new_kind), command(std::move(new_command))
        {}

        step kind;
        std::vector<std::string> command;
    };

    std::vector<sent_step> steps_;
    std::size_t taken_ = 0;
};

} // namespace coauth::store::redis
