#include "twitter/v2_response.hpp"

#include "api/json_members.hpp"
#include "api/provider_words.hpp"
#include "twitter/refusal_meaning.hpp"

#include <coauth/error.hpp>

namespace coauth::twitter {

using namespace api;

namespace json = boost::json;

void refuse_without_data(const std::vector<refusal>& problems)
{
    if (problems.empty())
        throw error(errc::malformed_response, "response: `data` is missing");
    // The status is 200 here, so the problem's own kind must tell; an unknown one is an error still.
    const refusal& first = problems.front();
    const meaning m = meaning_of(first, 200, step::call);
    const error e = error(m.code).with_http_status(200).with_provider(first.code, shown(first.words));
    throw m.hint.empty() ? e : e.with_hint(m.hint);
}

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
    std::vector<refusal> problems;
    if (const json::array* errors = find_array(root_, "errors"))
        for (const json::value& problem : *errors)
            if (const json::object* object = problem.if_object())
                problems.push_back(refusal_of(*object));
    refuse_without_data(problems);
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

} // namespace coauth::twitter
