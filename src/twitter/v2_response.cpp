#include "twitter/v2_response.hpp"

#include "api/json_members.hpp"
#include "api/provider_words.hpp"
#include "twitter/refusal_meaning.hpp"

#include <coauth/error.hpp>

#include <algorithm>

namespace coauth::twitter {

using namespace api;

namespace json = boost::json;

v2_response::v2_response(const json::value& root) : root_(as_object(root, "body"))
{}

const json::value* v2_response::find_data() const
{
    const json::value* data = root_.if_contains("data");
    return data && !data->is_null() ? data : nullptr;
}

const json::value& v2_response::data() const
{
    if (const json::value* found = find_data())
        return *found;
    const auto refused = problems();
    if (refused.empty())
        throw error(errc::malformed_response, "response: `data` is missing");
    // The status is 200 here, so the problem's own kind must tell; an unknown one is an error still.
    const meaning m = meaning_of(refused.front(), 200, step::call);
    const error e =
        error(m.code).with_http_status(200).with_provider(refused.front().code, shown(refused.front().words));
    throw m.hint.empty() ? e : e.with_hint(m.hint);
}

const json::object* v2_response::meta() const
{
    const json::value* found = root_.if_contains("meta");
    return found && !found->is_null() ? &as_object(*found, "meta") : nullptr;
}

const json::array* v2_response::users() const
{
    const json::object* includes = find_object(root_, "includes");
    return includes ? find_array(*includes, "users") : nullptr;
}

std::vector<refusal> v2_response::problems() const
{
    std::vector<refusal> list;
    if (const json::array* errors = find_array(root_, "errors"))
        for (const json::value& problem : *errors)
            if (const json::object* object = problem.if_object())
                list.push_back(refusal_of(*object));
    return list;
}

bool v2_response::has_unreadable_problems() const
{
    const json::value* member = root_.if_contains("errors");
    if (!member || member->is_null())
        return false;
    const json::array* errors = member->if_array();
    return !errors || !std::all_of(errors->begin(), errors->end(), [](const json::value& v) { return v.is_object(); });
}

} // namespace coauth::twitter
