// A desk, and people who ask at it, without a coroutine or a clock.
#pragma once

#include "session/lookups/lookup_desk.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace coauth::testing {

using namespace sessions;
using twitter::lookup_outcome;
using twitter::user_ref;

inline constexpr std::chrono::sys_seconds wall{std::chrono::seconds(1'700'000'000)};

inline desk_rules plain_rules()
{
    desk_rules r;
    r.chance = [] { return 0.0; };
    r.watched = true;
    return r;
}

class office {
public:
    explicit office(desk_rules rules = plain_rules()) : desk(std::move(rules), now) {}

    person_ref person_called(const char* id)
    {
        return std::make_shared<person>(id, oauth1::access_token(std::string("token of ") + id, secret("s")), 1,
            ++numbers, allowance_rules(), false);
    }

    std::shared_ptr<asker> ask(const person_ref& who, std::vector<user_ref> names,
        std::chrono::milliseconds max_wait = std::chrono::minutes(16))
    {
        auto one = std::make_shared<asker>(std::move(names), max_wait);
        for (std::size_t i = 0; i < one->who.size(); ++i)
            desk.ask(who, one, i, now);
        return one;
    }

    batch_ref send()
    {
        const auto step = desk.next(now);
        REQUIRE(step.what == lookup_desk::step::kind::send);
        return step.request;
    }

    // Everyone is found, but those called "nobody...".
    static twitter::reply<twitter::lookups> reply_to(const batch& request)
    {
        twitter::lookups all;
        for (const user_ref& who : request.names()) {
            const bool found = !who.text().starts_with("nobody");
            twitter::lookup one(who, found ? lookup_outcome::found : lookup_outcome::not_found);
            if (found) {
                twitter::profile& p = one.profile.emplace();
                p.id = who.is_id() ? who.text() : "1" + std::to_string(who.text().size());
                p.username = who.is_id() ? "user_" + who.text() : who.text();
                p.description = request.who->user_id;
            }
            all.outcomes.push_back(std::move(one));
        }
        std::reverse(all.outcomes.begin(), all.outcomes.end());
        return {std::move(all), twitter::rate_limits()};
    }

    lookup_desk::askers answer(const batch_ref& request)
    {
        return desk.answered(request, reply_to(*request), wall, now);
    }

    static std::string names_of(const batch& request)
    {
        std::string all;
        for (const user_ref& who : request.names())
            all += (all.empty() ? "" : " ") + who.text();
        return all;
    }

    lookup_desk::time_point now{std::chrono::hours(4)};
    std::uint64_t numbers = 0;
    lookup_desk desk;
};

inline error rate_limited(std::chrono::seconds wait)
{
    return error(errc::rate_limited).with_retry_after(wait);
}

} // namespace coauth::testing
