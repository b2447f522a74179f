// Mentions, and rounds that answer them.
#pragma once

#include "greeter_bot/memory.hpp"
#include "greeter_bot/round.hpp"

#include <string>
#include <utility>
#include <vector>

namespace round_testing {

using namespace greeter_bot;
using coauth::twitter::tweet;

inline tweet mention(std::string id, std::string author = "20", std::string username = "ada")
{
    tweet t;
    t.id = std::move(id);
    t.author_id = std::move(author);
    t.author_username = std::move(username);
    return t;
}

inline memory of_bot()
{
    memory m;
    m.provider = "https://example.com";
    m.user_id = "10";
    m.username = "bot";
    return m;
}

// Plays a round to its end and returns the mentions in the order they were answered.
inline std::string played(memory& m, std::vector<tweet> mentions)
{
    round r(m, std::move(mentions));
    std::string order;
    while (const auto next = r.next("hi {username}")) {
        order += next->mention + ' ';
        r.settle("9" + next->mention);
    }
    return order;
}

} // namespace round_testing
