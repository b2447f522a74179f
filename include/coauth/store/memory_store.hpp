// Stores that last as long as the program.
#pragma once

#include <coauth/coro/clock.hpp>
#include <coauth/export.hpp>
#include <coauth/store/login_store.hpp>
#include <coauth/store/token_store.hpp>
#include <coauth/store/visitor_store.hpp>

#include <memory>

namespace coauth::store {

/// Pending logins in memory: up to some 400 bytes each. Throws `errc::invalid_argument` for limits out of range.
COAUTH_DECL std::shared_ptr<login_store> memory_login_store(
    login_limits limits = login_limits(), std::shared_ptr<clock> clock = system_clock());

/// Credentials in memory. `clock`: for the leases.
COAUTH_DECL std::shared_ptr<token_store> memory_token_store(std::shared_ptr<clock> clock = system_clock());

/// Who is signed in, in memory: some 600 bytes for each browser. Throws `errc::invalid_argument` for limits out of range.
COAUTH_DECL std::shared_ptr<visitor_store> memory_visitor_store(
    visitor_limits limits = visitor_limits(), std::shared_ptr<clock> clock = system_clock());

} // namespace coauth::store
