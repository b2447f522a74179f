// The stores and the provider of a session, whose exceptions are all coauth's.
#pragma once

#include <coauth/session/login_provider.hpp>
#include <coauth/store/login_store.hpp>
#include <coauth/store/token_store.hpp>

#include <memory>

namespace coauth::sessions {

// A session calls a user's class through these alone: what it throws then is a `coauth::error` of that
// call, whose caller deals with it. An operation keeps the user's object. Not for null.

/// Throws `store_unavailable` for what is not a `coauth::error`.
std::shared_ptr<store::login_store> checked(std::shared_ptr<store::login_store> user);
std::shared_ptr<store::token_store> checked(std::shared_ptr<store::token_store> user);

/// Throws `provider_error`, or the network's errors, for what is not a `coauth::error`.
std::shared_ptr<login_provider> checked(std::shared_ptr<login_provider> user);

/// Makes an error of any exception in flight, to be handed to those that wait. Throws `std::bad_alloc` only.
error error_to_hand_on();

} // namespace coauth::sessions
