#include "twitter/read_lookups.hpp"

#include "api/provider_words.hpp"
#include "twitter/refusal_meaning.hpp"
#include "twitter/x_response.hpp"

#include <coauth/text/ascii.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>

namespace coauth::twitter {

using namespace api;

namespace {

// One of those that were asked for.
struct request {
    request(std::string_view text, std::size_t place);
    bool operator<(const request& other) const noexcept;

    std::uint64_t beginning = 0; ///< The first characters in lower case: most requests differ in them.
    std::string_view text;
    std::size_t place; ///< In the outcomes.
};
using requests = std::span<const request>;

request::request(std::string_view text, std::size_t place) : text(text), place(place)
{
    for (const char c : text.substr(0, sizeof beginning))
        beginning = beginning << 8 | static_cast<unsigned char>(text::lower(c));
}

// Two are equal if they differ in the case of letters only.
bool request::operator<(const request& other) const noexcept
{
    if (beginning != other.beginning)
        return beginning < other.beginning;
    return std::lexicographical_compare(text.begin(), text.end(), other.text.begin(), other.text.end(),
        [](char a, char b) { return text::lower(a) < text::lower(b); });
}

requests equal_to(std::string_view text, requests sorted)
{
    if (sorted.empty())
        return {};
    const request wanted(text, 0);
    const auto first = std::lower_bound(sorted.begin(), sorted.end(), wanted);
    const auto last = std::find_if(first, sorted.end(), [&wanted](const request& each) { return wanted < each; });
    return {first, last};
}

// What a response says of those that were asked for.
class findings {
public:
    explicit findings(const std::vector<user_ref>& users);

    void take_user(listed_user&& user);
    void take_problem(const refusal& problem);

    /// True if a problem is about a user that was asked for.
    bool has_problem_of_requested() const;

    /// Something could not be read that may be about any user that was asked for and not found.
    void leave_open(error why);

    lookups outcomes() &&;

private:
    void place(requests equal, profile&& found);
    void fail(requests equal, const error& why);
    void end(lookup& outcome) const;

    std::vector<request> ids_; ///< Sorted, as the names are.
    std::vector<request> names_;
    lookups found_;
    std::unordered_map<std::string, refusal> problems_; ///< By the id or name they are about, in lower case.
    std::optional<error> open_;
};

findings::findings(const std::vector<user_ref>& users)
{
    ids_.reserve(users.size());
    names_.reserve(users.size());
    found_.outcomes.reserve(users.size());
    for (const user_ref& user : users) {
        (user.is_id() ? ids_ : names_).emplace_back(user.text(), found_.outcomes.size());
        found_.outcomes.emplace_back(user, lookup_outcome::not_found);
    }
    std::sort(ids_.begin(), ids_.end());
    std::sort(names_.begin(), names_.end());
}

// A user with an unreadable id is matched by name, if that was asked for and is exact.
void findings::take_user(listed_user&& user)
{
    const requests by_name = user.has_exact_username ? equal_to(user.profile.username, names_) : requests();
    try {
        user.require_id();
    } catch (const error& why) {
        by_name.empty() ? leave_open(why) : fail(by_name, why);
        return;
    }
    const requests by_id = equal_to(user.profile.id, ids_);
    if (by_id.empty() && by_name.empty())
        return leave_open(error(errc::malformed_response, "the response is about another user than the one asked for"));
    if (!by_id.empty() && !by_name.empty())
        place(by_id, profile(user.profile));
    place(by_name.empty() ? by_id : by_name, std::move(user.profile));
}

// The first of two profiles with one id counts.
void findings::place(requests equal, profile&& found)
{
    for (const request& each : equal) {
        lookup& outcome = found_.outcomes[each.place];
        if (outcome.profile && outcome.profile->id != found.id)
            return fail(equal, error(errc::malformed_response, "the response has two users with this name"));
        if (outcome.profile || outcome.why)
            continue;
        outcome.outcome = lookup_outcome::found;
        if (&each == &equal.back())
            outcome.profile = std::move(found);
        else
            outcome.profile = found;
    }
}

void findings::fail(requests equal, const error& why)
{
    for (const request& each : equal) {
        lookup& outcome = found_.outcomes[each.place];
        if (outcome.why)
            continue;
        outcome.outcome = lookup_outcome::failed;
        outcome.profile.reset();
        outcome.why = why;
    }
}

void findings::take_problem(const refusal& problem)
{
    if (!problem.about.empty())
        problems_.try_emplace(text::lowered(problem.about), problem);
    else
        leave_open(error(errc::provider_error, "the response holds a problem that names no user")
                       .with_provider(problem.code, shown(problem.words)));
}

bool findings::has_problem_of_requested() const
{
    return std::any_of(problems_.begin(), problems_.end(), [this](const auto& problem) {
        return !equal_to(problem.first, names_).empty() || !equal_to(problem.first, ids_).empty();
    });
}

void findings::leave_open(error why)
{
    if (!open_)
        open_ = std::move(why);
}

void take_problem(const refusal& problem, lookup& result)
{
    result.outcome = lookup_outcome::failed;
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
}

// For one that is not among the users of the response.
void findings::end(lookup& outcome) const
{
    outcome.in_response = true;
    if (outcome.profile || outcome.why)
        return;
    const auto problem = problems_.empty() ? problems_.end() : problems_.find(text::lowered(outcome.asked.text()));
    if (problem != problems_.end())
        return twitter::take_problem(problem->second, outcome);
    if (!open_)
        return;
    outcome.outcome = lookup_outcome::failed;
    outcome.why = *open_;
    outcome.in_response = false;
}

lookups findings::outcomes() &&
{
    for (lookup& each : found_.outcomes)
        end(each);
    return std::move(found_);
}

} // namespace

lookups read_lookups(api_version api, const std::vector<user_ref>& users, std::string_view body)
{
    x_response response = read_x_response(api, user_list, body, users.size());
    findings found(users);
    for (const refusal& problem : response.problems)
        found.take_problem(problem);
    if (response.has_unreadable_problems)
        found.leave_open(error(errc::malformed_response, "the response's `errors` cannot be read"));
    if (response.has_data || !found.has_problem_of_requested())
        response.require_data();
    for (listed_user& user : response.users)
        found.take_user(std::move(user));
    return std::move(found).outcomes();
}

lookups none_found(const std::vector<user_ref>& users)
{
    lookups result;
    for (const user_ref& user : users)
        result.outcomes.emplace_back(user, lookup_outcome::not_found).in_response = true;
    return result;
}

} // namespace coauth::twitter
