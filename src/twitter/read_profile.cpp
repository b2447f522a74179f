#include "twitter/read_profile.hpp"

#include "twitter/x_response.hpp"

#include <coauth/error.hpp>
#include <coauth/text/ascii.hpp>

#include <utility>

namespace coauth::twitter {

namespace {

listed_user read_user(api_version api, std::string_view body)
{
    x_response response = read_x_response(api, one_user, body, 1);
    response.require_data();
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
