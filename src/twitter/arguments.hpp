// What callers may pass. Each check throws `errc::invalid_argument`, before a byte is sent.
#pragma once

#include <coauth/twitter/client.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace coauth::twitter {

void require_user(const user_ref& user);

/// At most 100, each valid, all by id or all by name.
void require_users(const std::vector<user_ref>& users);

/// `name`: what the message calls it, "the tweet's id".
void require_id(std::string_view id, std::string_view name);

/// UTF-8, not empty.
void require_text(std::string_view text);

enum class page_kind { tweets, followers };
void require_page(api_version api, page_kind kind, const page_options& options);

/// A path below the base, encoded; not a form and JSON both.
void require_call(const api_call& call);

/// Without white space of any kind, inside it too, if it is a PIN, that is digits; any other may begin or end with a
/// space.
/// Throws if nothing is left.
std::string trimmed_verifier(std::string_view typed);

/// Budget and deadline from 0.
void require_options(const client_options& options);

} // namespace coauth::twitter
