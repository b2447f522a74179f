// A batcher, token owners and calls, without a coroutine or a clock.
#pragma once

#include "session/lookups/lookup_batcher.hpp"
#include "unit/session/echo_provider.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace coauth::testing {

using namespace sessions;
using coauth::lookup_outcome;
using coauth::user_ref;

inline constexpr std::chrono::sys_seconds wall{std::chrono::seconds(1'700'000'000)};

inline batcher_rules plain_rules()
{
    batcher_rules r;
    r.chance = [] { return 0.0; };
    r.collect_events = true;
    return r;
}

class batcher_fixture {
public:
    explicit batcher_fixture(batcher_rules rules = plain_rules()) : batcher(std::move(rules), now) {}

    owner_ptr make_owner(const char* id)
    {
        store::stored_credential stored(credential(secret(std::string("token of ") + id)), 1);
        provider->rules.max_users = max_users;
        opened_account opened(provider->open(stored.held));
        return std::make_shared<token_owner>(
            id, std::move(stored), std::move(opened), ++numbers, std::chrono::milliseconds(3'000), 0.5);
    }

    std::shared_ptr<lookup_call> add(const owner_ptr& owner, std::vector<user_ref> names,
        std::chrono::milliseconds max_wait = std::chrono::minutes(16))
    {
        auto call = std::make_shared<lookup_call>(std::move(names), max_wait);
        for (std::size_t i = 0; i < call->users.size(); ++i)
            batcher.add(owner, call, i, now);
        return call;
    }

    batch_ptr send()
    {
        const auto step = batcher.next(now);
        REQUIRE(step.action == lookup_batcher::step::kind::send);
        return step.request;
    }

    // All users are found, except names that begin with "missing".
    static coauth::reply<coauth::lookups> reply_to(const batch& request)
    {
        coauth::lookups all;
        for (const user_ref& user : request.users()) {
            const bool found = !user.text().starts_with("missing");
            coauth::lookup lookup(user, found ? lookup_outcome::found : lookup_outcome::not_found);
            if (found) {
                coauth::profile& p = lookup.profile.emplace();
                p.id = user.is_id() ? user.text() : "1" + std::to_string(user.text().size());
                p.username = user.is_id() ? "user_" + user.text() : user.text();
                p.description = request.owner->user_id;
            }
            all.outcomes.push_back(std::move(lookup));
        }
        std::reverse(all.outcomes.begin(), all.outcomes.end());
        return {std::move(all), coauth::rate_limits()};
    }

    lookup_batcher::call_list respond(const batch_ptr& request)
    {
        return batcher.succeeded(request, reply_to(*request), wall, now);
    }

    static std::string names_of(const batch& request)
    {
        std::string all;
        for (const user_ref& user : request.users())
            all += (all.empty() ? "" : " ") + user.text();
        return all;
    }

    std::shared_ptr<echo_provider> provider = std::make_shared<echo_provider>();
    std::size_t max_users = 100; ///< In a request of the owners made afterwards.
    lookup_batcher::time_point now{std::chrono::hours(4)};
    std::uint64_t numbers = 0;
    lookup_batcher batcher;
};

inline error rate_limited(std::chrono::seconds wait)
{
    return error(errc::rate_limited).with_retry_after(wait);
}

} // namespace coauth::testing
