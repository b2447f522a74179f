// The texts that are sealed: what a record holds, in a form that takes any octets.
#pragma once

#include "store/sealed_record.hpp"

#include <coauth/identity/credential.hpp>
#include <coauth/identity/user.hpp>
#include <coauth/secret.hpp>
#include <coauth/store/login_store.hpp>
#include <coauth/store/pending_login.hpp>

#include <string_view>

namespace coauth::store {

// Each begins with the octet of its form (1), and holds its fields one behind the other, each with its length in front.
// The readers throw `errc::sealed_record` at the place for a text that is none of theirs, or of a newer form.

COAUTH_DECL secret record_text(const credential& held);
COAUTH_DECL credential read_credential(const record_place& place, std::string_view text);

/// With the browser: whoever can write to the database can't give a login to another one.
COAUTH_DECL secret record_text(const pending_login& login);
COAUTH_DECL pending_login read_pending_login(const record_place& place, const login_id& id, std::string_view text);

COAUTH_DECL secret record_text(const ended_login& ended);
COAUTH_DECL ended_login read_ended_login(const record_place& place, std::string_view text);

COAUTH_DECL secret record_text(const signed_in_user& user);
COAUTH_DECL signed_in_user read_signed_in_user(const record_place& place, std::string_view text);

} // namespace coauth::store
