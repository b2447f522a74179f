#include <coauth/session/session_event.hpp>

namespace coauth {

std::string_view name(session_event_kind event_kind) noexcept
{
    using kind = session_event_kind;
    switch (event_kind) {
    case kind::login_begun:
        return "login_begun";
    case kind::login_ended:
        return "login_ended";
    case kind::login_failed:
        return "login_failed";
    case kind::token_added:
        return "token_added";
    case kind::token_removed:
        return "token_removed";
    case kind::token_renewed:
        return "token_renewed";
    case kind::request:
        return "request";
    case kind::response:
        return "response";
    case kind::retry:
        return "retry";
    case kind::wait:
        return "wait";
    case kind::cache_hit:
        return "cache_hit";
    case kind::joined:
        return "joined";
    }
    return "";
}

} // namespace coauth
