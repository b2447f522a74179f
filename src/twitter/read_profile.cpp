#include "twitter/read_profile.hpp"

#include "twitter/x_response.hpp"

#include <coauth/error.hpp>
#include <coauth/text/ascii.hpp>

#include <utility>

namespace coauth::twitter {

namespace {

listed_user& user_in(x_response& response)
{
    response.require_data();
    response.users.front().require_id();
    return response.users.front();
}

} // namespace

profile read_profile(api_version api, std::string_view body)
{
    x_response response = read_x_response(api, one_user, body);
    return std::move(user_in(response).profile);
}

profile read_profile(api_version api, std::string_view body, const user_ref& requested)
{
    x_response response = read_x_response(api, one_user, body);
    listed_user& user = user_in(response);
    const bool same = requested.is_id() ? user.profile.id == requested.text()
                                        : user.has_exact_username &&
                                              text::equal_ignoring_case(user.profile.username, requested.text());
    if (!same)
        throw error(errc::malformed_response, "the response is about another user than the one asked for");
    return std::move(user.profile);
}

} // namespace coauth::twitter
