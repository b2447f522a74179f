#include "twitter/read_lookups.hpp"

#include "api/provider_words.hpp"
#include "twitter/x_response.hpp"

#include <coauth/text/ascii.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

namespace coauth::twitter {

namespace {

// One of those that were asked for. Two are equal if they differ in the case of letters only.
struct request {
    request(bool is_id, std::string_view text, std::size_t place = 0);
    bool operator<(const request& other) const noexcept;

    std::uint64_t hash; ///< Of the text in lower case. First compared, since most requests differ in it.
    bool is_id;
    std::string_view text;
    std::size_t place; ///< In the outcomes.
};
using requests = std::span<const request>;

request::request(bool is_id, std::string_view text, std::size_t place)
    : hash(is_id), is_id(is_id), text(text), place(place)
{
    for (const char c : text)
        hash = hash * 31 + static_cast<unsigned char>(text::lower(c));
}

bool request::operator<(const request& other) const noexcept
{
    if (hash != other.hash)
        return hash < other.hash;
    if (is_id != other.is_id)
        return is_id;
    const auto [mine, others] = std::mismatch(text.begin(), text.end(), other.text.begin(), other.text.end(),
        [](char a, char b) { return a == b || text::lower(a) == text::lower(b); });
    return others != other.text.end() && (mine == text.end() || text::lower(*mine) < text::lower(*others));
}

// What a response says of those that were asked for.
class findings {
public:
    explicit findings(const std::vector<user_ref>& users);

    void take_user(listed_user&& user);

    /// Of those that are not among the users.
    void take_problem(const refusal& problem);

    /// Something could not be read that may be about any user that was asked for and not found.
    void leave_open(error why);

    bool has_any() const;

    lookups outcomes() &&;

private:
    requests equal_to(bool is_id, std::string_view text) const;
    void place(requests equal, profile&& found);
    void fail(requests equal, const error& why);

    std::vector<request> requests_; ///< Sorted.
    lookups found_;                 ///< `in_response`: it is decided.
    std::optional<error> open_;
};

findings::findings(const std::vector<user_ref>& users)
{
    requests_.reserve(users.size());
    found_.outcomes.reserve(users.size());
    for (const user_ref& user : users) {
        requests_.emplace_back(user.is_id(), user.text(), requests_.size());
        found_.outcomes.emplace_back(user, lookup_outcome::not_found);
    }
    std::sort(requests_.begin(), requests_.end());
}

requests findings::equal_to(bool is_id, std::string_view text) const
{
    const auto [first, last] = std::equal_range(requests_.begin(), requests_.end(), request(is_id, text));
    return {first, last};
}

// A user with an unreadable id is matched by name, if that was asked for and is exact.
void findings::take_user(listed_user&& user)
{
    const requests by_name = user.has_exact_username ? equal_to(false, user.profile.username) : requests();
    try {
        user.require_id();
    } catch (const error& why) {
        by_name.empty() ? leave_open(why) : fail(by_name, why);
        return;
    }
    const requests by_id = equal_to(true, user.profile.id);
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
        if (outcome.in_response)
            continue;
        outcome.in_response = true;
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
        outcome.in_response = true;
        outcome.outcome = lookup_outcome::failed;
        outcome.profile.reset();
        outcome.why = why;
    }
}

void apply(const refusal& problem, lookup& result)
{
    const meaning m = meaning_of(problem, 200, step::call);
    if (m.code == errc::forbidden || (m.code == errc::not_found && problem.title == "Forbidden")) {
        // "Forbidden" under the type of a missing resource: there, but not for these credentials.
        result.outcome = lookup_outcome::forbidden;
    } else if (m.code == errc::suspended) {
        result.outcome = lookup_outcome::suspended;
    } else if (m.code != errc::not_found) {
        result.outcome = lookup_outcome::failed;
        result.why = error(m.code).with_provider(problem.code, api::shown(problem.words));
    }
}

void findings::take_problem(const refusal& problem)
{
    for (const bool is_id : {true, false})
        for (const request& each : equal_to(is_id, problem.about)) {
            lookup& outcome = found_.outcomes[each.place];
            if (!std::exchange(outcome.in_response, true))
                apply(problem, outcome);
        }
}

bool findings::has_any() const
{
    return std::any_of(found_.outcomes.begin(), found_.outcomes.end(), [](const lookup& l) { return l.in_response; });
}

void findings::leave_open(error why)
{
    if (!open_)
        open_ = std::move(why);
}

lookups findings::outcomes() &&
{
    for (lookup& each : found_.outcomes) {
        if (each.in_response)
            continue;
        each.in_response = !open_;
        each.why = open_;
        if (open_)
            each.outcome = lookup_outcome::failed;
    }
    return std::move(found_);
}

} // namespace

lookups read_lookups(api_version api, const std::vector<user_ref>& users, std::string_view body)
{
    x_response response = read_x_response(api, user_list, body, users.size());
    findings found(users);
    for (const refusal& problem : response.problems)
        if (problem.about.empty())
            found.leave_open(error(errc::provider_error, "the response holds a problem that names no user")
                                 .with_provider(problem.code, api::shown(problem.words)));
    if (response.has_unreadable_problems)
        found.leave_open(error(errc::malformed_response, "the response's `errors` cannot be read"));
    for (listed_user& user : response.users)
        found.take_user(std::move(user));
    for (const refusal& problem : response.problems)
        found.take_problem(problem);
    if (response.has_data || !found.has_any())
        response.require_data();
    return std::move(found).outcomes();
}

lookups none_found(const std::vector<user_ref>& users)
{
    return findings(users).outcomes();
}

} // namespace coauth::twitter
