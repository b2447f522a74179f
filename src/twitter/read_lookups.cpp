#include "twitter/read_lookups.hpp"

#include "api/json_members.hpp"
#include "text/json_body.hpp"
#include "twitter/read_profile.hpp"
#include "twitter/refusal_meaning.hpp"
#include "twitter/v2_response.hpp"

#include <coauth/text/ascii.hpp>
#include <coauth/twitter/user_names.hpp>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>

namespace coauth::twitter {

using namespace api;

namespace {

namespace json = boost::json;

// What a response says of those that were asked for. Keys are those of `user_ref`.
class findings {
public:
    findings(api_version api, const std::vector<user_ref>& users) : api_(api)
    {
        for (const user_ref& user : users) {
            requested_.insert(lookup_key(user));
            requested_texts_.insert(text::lowered(user.text()));
        }
    }

    void take_users(const json::array& users)
    {
        for (const json::value& user : users) {
            if (const json::object* object = user.if_object())
                take_user(*object);
            else
                leave_open(error(errc::malformed_response, "the response lists a user that is not an object"));
        }
    }

    void take_problem(const refusal& problem)
    {
        if (!problem.about.empty())
            problems_.try_emplace(text::lowered(problem.about), problem);
        else
            leave_open(error(errc::provider_error, "the response holds a problem that names no user")
                           .with_provider(problem.code, shown(problem.words)));
    }

    /// True if a problem is about a user that was asked for.
    bool has_problem_of_requested() const
    {
        return std::any_of(problems_.begin(), problems_.end(),
            [this](const auto& problem) { return requested_texts_.contains(problem.first); });
    }

    /// Something could not be read that may be about any user that was asked for and not found.
    void leave_open(error why)
    {
        if (!open_)
            open_ = std::move(why);
    }

    lookup outcome_of(const user_ref& user) const;

private:
    void take_user(const json::object& user);
    void place(const std::string& key, std::shared_ptr<const profile> found);

    api_version api_;
    std::unordered_set<std::string> requested_;
    std::unordered_set<std::string> requested_texts_; ///< As problems spell them, in lower case.
    std::unordered_map<std::string, std::shared_ptr<const profile>> found_;
    std::unordered_map<std::string, error> failed_;
    std::unordered_map<std::string, refusal> problems_; ///< By the id or name they are about, in lower case.
    std::optional<error> open_;
};

// A user with an unreadable id is matched by name, if that was asked for and is exact.
void findings::take_user(const json::object& user)
{
    const auto username = exact_username(api_, user);
    const std::string name_key = username ? lookup_key(user_ref::username(std::string(*username))) : std::string();
    const bool name_asked = username && requested_.contains(name_key);
    std::shared_ptr<const profile> found;
    try {
        found = std::make_shared<const profile>(profile_of(api_, user));
    } catch (const error& why) {
        if (name_asked)
            failed_.try_emplace(name_key, why);
        else
            leave_open(why);
        return;
    }
    const std::string id_key = lookup_key(user_ref::id(found->id));
    const bool id_asked = requested_.contains(id_key);
    if (id_asked)
        place(id_key, found);
    if (name_asked)
        place(name_key, found);
    if (!id_asked && !name_asked)
        leave_open(error(errc::malformed_response, "the response is about another user than the one asked for"));
}

// The first of two profiles with one id counts.
void findings::place(const std::string& key, std::shared_ptr<const profile> found)
{
    const auto [placed, is_first] = found_.try_emplace(key, found);
    if (!is_first && placed->second->id != found->id)
        failed_.try_emplace(key, error(errc::malformed_response, "the response has two users with this name"));
}

// An outcome that the response reports for this very user.
lookup reported(const user_ref& user, lookup_outcome outcome)
{
    lookup result(user, outcome);
    result.in_response = true;
    return result;
}

lookup outcome_of_problem(const user_ref& user, const refusal& problem)
{
    lookup result = reported(user, lookup_outcome::failed);
    const meaning m = meaning_of(problem, 200, step::call);
    switch (m.code) {
    case errc::not_found:
        // "Forbidden" under the type of a missing resource: there, but not for these credentials.
        result.outcome = problem.title == "Forbidden" ? lookup_outcome::forbidden : lookup_outcome::not_found;
        break;
    case errc::suspended:
        result.outcome = lookup_outcome::suspended;
        break;
    case errc::forbidden:
        result.outcome = lookup_outcome::forbidden;
        break;
    default:
        result.why = error(m.code).with_provider(problem.code, shown(problem.words));
        break;
    }
    return result;
}

lookup findings::outcome_of(const user_ref& user) const
{
    const std::string key = lookup_key(user);
    if (const auto failed = failed_.find(key); failed != failed_.end()) {
        lookup result = reported(user, lookup_outcome::failed);
        result.why = failed->second;
        return result;
    }
    if (const auto found = found_.find(key); found != found_.end()) {
        lookup result = reported(user, lookup_outcome::found);
        result.profile = *found->second;
        return result;
    }
    if (const auto problem = problems_.find(text::lowered(user.text())); problem != problems_.end())
        return outcome_of_problem(user, problem->second);
    if (open_) {
        lookup result(user, lookup_outcome::failed);
        result.why = *open_;
        return result;
    }
    return reported(user, lookup_outcome::not_found);
}

void read(api_version api, const json::value& root, findings& found)
{
    if (api == api_version::v1_1) {
        found.take_users(as_array(root, "users"));
        return;
    }
    const v2_response parts(root);
    for (const refusal& problem : parts.problems())
        found.take_problem(problem);
    if (parts.has_unreadable_problems())
        found.leave_open(error(errc::malformed_response, "the response's `errors` cannot be read"));
    if (const json::value* data = parts.find_data())
        found.take_users(as_array(*data, "data"));
    else if (!found.has_problem_of_requested())
        parts.data(); // throws
}

} // namespace

lookups read_lookups(api_version api, const std::vector<user_ref>& users, std::string_view body)
{
    const text::json_body response = text::read_json(body);
    findings found(api, users);
    read(api, response.root(), found);
    lookups result;
    result.outcomes.reserve(users.size());
    for (const user_ref& user : users)
        result.outcomes.push_back(found.outcome_of(user));
    return result;
}

lookups none_found(const std::vector<user_ref>& users)
{
    lookups result;
    for (const user_ref& user : users)
        result.outcomes.push_back(reported(user, lookup_outcome::not_found));
    return result;
}

} // namespace coauth::twitter
