// The stores and the provider of a session, wrapped so that they throw `coauth::error` only.
#pragma once

#include <coauth/identity/login_provider.hpp>
#include <coauth/store/login_store.hpp>
#include <coauth/store/token_store.hpp>

#include <memory>

namespace coauth::sessions {

// A session calls a class of its user only through these: every exception is a `coauth::error` of that call. An
// operation keeps the user's object alive. Not for null.

/// Throws `store_unavailable` for what is not a `coauth::error`.
std::shared_ptr<store::login_store> checked(std::shared_ptr<store::login_store> user);
std::shared_ptr<store::token_store> checked(std::shared_ptr<store::token_store> user);

/// Throws `provider_error`, or the network's errors, for what is not a `coauth::error`. But `begin` and `finish` are the
/// user's own: a caller awaits them and calls `error_of_provider`, which costs no further coroutine.
std::shared_ptr<login_provider> checked(std::shared_ptr<login_provider> user);

/// The current exception as an error of the provider. `cancelled`: the operation was. Throws `std::bad_alloc` only.
error error_of_provider(bool cancelled);

/// The current exception as an error, for the coroutines that wait. Throws `std::bad_alloc` only.
error error_to_hand_on();

} // namespace coauth::sessions
