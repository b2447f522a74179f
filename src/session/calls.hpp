// A user's own profile, and any other call, under the limits of a session.
#pragma once

#include "session/lookups/lookups.hpp"
#include "session/setup.hpp"
#include "session/tokens.hpp"

#include <coauth/http/request.hpp>
#include <coauth/http/response.hpp>
#include <coauth/identity/profile.hpp>
#include <coauth/identity/reply.hpp>

#include <boost/asio/awaitable.hpp>

#include <memory>
#include <string>

namespace coauth::sessions {

/// What the calls of a session share.
///
/// Thread safety: a shared object is safe.
struct call_context {
    call_context(std::shared_ptr<const session_setup> setup, std::shared_ptr<sessions::tokens> tokens,
        std::shared_ptr<lookups> governor)
        : setup(std::move(setup)), tokens(std::move(tokens)), governor(std::move(governor))
    {}

    std::shared_ptr<const session_setup> setup;
    std::shared_ptr<sessions::tokens> tokens;
    std::shared_ptr<lookups> governor;
};

/// As `session::me` and `session::call`.
boost::asio::awaitable<reply<profile>> own_profile(call_context context, std::string user_id, call_options options);
boost::asio::awaitable<reply<http::response>> call(
    call_context context, std::string user_id, http::request request, std::string limit, call_options options);

} // namespace coauth::sessions
