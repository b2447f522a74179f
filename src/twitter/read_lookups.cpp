#include "twitter/read_lookups.hpp"

#include "twitter/json_answer.hpp"
#include "twitter/json_members.hpp"
#include "twitter/names.hpp"
#include "twitter/read_profile.hpp"
#include "twitter/refusal_meaning.hpp"
#include "twitter/v2_answer.hpp"

#include <string>
#include <unordered_map>

namespace coauth::twitter {

namespace {

namespace json = boost::json;

// Ids and names are kept apart, since a name may consist of digits.
struct answers {
    std::unordered_map<std::string, profile> by_id;
    std::unordered_map<std::string, std::string> id_of_name;
    std::unordered_map<std::string, refusal> problems; ///< By what they speak of, folded.
};

void tell_problem(lookup& one, const refusal& problem)
{
    const meaning m = meaning_of(problem, 200, step::call);
    switch (m.code) {
    case errc::not_found:
        // "Forbidden" under the type of a missing resource: there, but not for these credentials.
        one.outcome = problem.title == "Forbidden" ? lookup_outcome::forbidden : lookup_outcome::not_found;
        break;
    case errc::suspended:
        one.outcome = lookup_outcome::suspended;
        break;
    case errc::forbidden:
        one.outcome = lookup_outcome::forbidden;
        break;
    default:
        one.outcome = lookup_outcome::failed;
        one.why = error(m.code).with_provider(problem.code, shown(problem.words));
        break;
    }
}

void take_profiles(api_version api, const json::array& users, answers& found)
{
    for (const json::value& user : users) {
        profile p = profile_of(api, as_object(user, "user"));
        found.id_of_name.try_emplace(folded(p.username), p.id);
        std::string id = p.id;
        found.by_id.try_emplace(std::move(id), std::move(p));
    }
}

answers read(api_version api, const json::value& root)
{
    answers found;
    if (api == api_version::v1_1) {
        take_profiles(api, as_array(root, "users"), found);
        return found;
    }
    const v2_answer parts(root);
    for (const refusal& problem : parts.problems())
        if (!problem.about.empty())
            found.problems.try_emplace(folded(problem.about), problem);
    if (const json::value* data = parts.find_data())
        take_profiles(api, as_array(*data, "data"), found);
    else if (found.problems.empty())
        parts.data(); // throws
    return found;
}

const profile* find(const answers& found, const user_ref& who)
{
    std::string id = who.text();
    if (!who.is_id()) {
        const auto named = found.id_of_name.find(folded(who.text()));
        if (named == found.id_of_name.end())
            return nullptr;
        id = named->second;
    }
    const auto p = found.by_id.find(id);
    return p == found.by_id.end() ? nullptr : &p->second;
}

} // namespace

lookups read_lookups(api_version api, const std::vector<user_ref>& asked, std::string_view body)
{
    const json_answer answer = read_json(body);
    const answers found = read(api, answer.root());
    lookups result;
    result.outcomes.reserve(asked.size());
    for (const user_ref& who : asked) {
        lookup one(who, lookup_outcome::not_found);
        if (const profile* p = find(found, who)) {
            one.outcome = lookup_outcome::found;
            one.profile = *p;
        } else if (const auto problem = found.problems.find(folded(who.text())); problem != found.problems.end()) {
            tell_problem(one, problem->second);
        }
        result.outcomes.push_back(std::move(one));
    }
    return result;
}

lookups none_found(const std::vector<user_ref>& asked)
{
    lookups result;
    for (const user_ref& who : asked)
        result.outcomes.emplace_back(who, lookup_outcome::not_found);
    return result;
}

} // namespace coauth::twitter
