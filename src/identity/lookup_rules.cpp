#include <coauth/identity/lookup_rules.hpp>

namespace coauth {

std::string lookup_rules::any_user(const user_ref& user)
{
    return user.text().empty() ? "an id or a user name is not empty" : "";
}

std::string lookup_rules::exact_key(const user_ref& user)
{
    return (user.is_id() ? '#' : '@') + user.text();
}

} // namespace coauth
