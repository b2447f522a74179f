#include "twitter/read_profile.hpp"

#include "api/json_members.hpp"
#include "twitter/users_response.hpp"
#include "twitter/v2_response.hpp"

#include <coauth/error.hpp>
#include <coauth/text/ascii.hpp>

#include <utility>

namespace coauth::twitter {

namespace {

listed_user read_user(api_version api, std::string_view body)
{
    users_response response = read_users_response(api, users_shape::one, body, 1);
    if (!response.has_data && api == api_version::v2)
        refuse_without_data(response.problems);
    if (!response.is_readable)
        api::refuse_member(api == api_version::v2 ? "data" : "user", "not an object");
    response.users.front().require_id();
    return std::move(response.users.front());
}

} // namespace

profile read_profile(api_version api, std::string_view body)
{
    return read_user(api, body).profile;
}

profile read_profile(api_version api, std::string_view body, const user_ref& requested)
{
    listed_user user = read_user(api, body);
    const bool same = requested.is_id() ? user.profile.id == requested.text()
                                        : user.has_exact_username &&
                                              text::equal_ignoring_case(user.profile.username, requested.text());
    if (!same)
        throw error(errc::malformed_response, "the response is about another user than the one asked for");
    return std::move(user.profile);
}

} // namespace coauth::twitter
