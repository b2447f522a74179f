// What follows from an error, above all from a refused reply: only a refusal that is about the mention itself may
// cost it its reply. No I/O.
#pragma once

#include <coauth/error.hpp>

namespace greeter_bot {

enum class verdict {
    done,    ///< The same text was posted before, and so was the reply.
    skip,    ///< This mention can't be answered: it is deleted or protected, or its author lets this account not reply.
    put_off, ///< Refused, for a reason that may be the mention's or the account's. Try another mention.
    wait,    ///< The rate limit is used up: wait, then go on.
    later,   ///< No post can be made for now. Whether this one was carried out may not be known.
    stop,    ///< The operator must act first.
};

/// For a reply that was posted. Goes by the provider's code, else by its words: a refusal that says nothing, or
/// is about the account or the app, never skips a mention. A suspension that names no account may be that of
/// the mention's author. `listed`: the provider still lists the mention;
/// one that it does not list and does not find is gone.
verdict judge_reply(const coauth::error& e, bool listed = true);

/// For a request that reads. Never `done`, `skip` or `put_off`. A refusal without the provider's code that does not speak
/// of the account or the app, such as a firewall's page, is `later`.
verdict judge_question(const coauth::error& e);

} // namespace greeter_bot
