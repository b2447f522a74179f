// One who asks for profiles, and a question that several may have asked.
#pragma once

#include <coauth/coro/one_shot.hpp>
#include <coauth/twitter/lookup.hpp>

#include <boost/intrusive/list.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace coauth::sessions {

/// An answer, shared by all who asked. Its `asked` is the first asker's text.
using answer = std::shared_ptr<const twitter::lookup>;

/// A call of `profile` or `profiles` under way. Everything but `wake` belongs to the desk until `wake`
/// has been fired.
struct asker : std::enable_shared_from_this<asker>,
               boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
    asker(std::vector<twitter::user_ref> who, std::chrono::milliseconds max_wait)
        : who(std::move(who)), answers(this->who.size()), max_wait(max_wait)
    {}

    std::vector<twitter::user_ref> who;
    std::vector<answer> answers; ///< By the place in `who`; null while open.
    std::size_t open = 0;
    const std::chrono::milliseconds max_wait; ///< For a rate limit's reset.
    std::optional<error> failed;              ///< Set if the call as a whole came to nothing.
    bool out_of_memory = false;
    one_shot wake;
};

/// Someone to be looked up, under one person's credentials.
struct question {
    using time_point = std::chrono::steady_clock::time_point;

    question(twitter::user_ref who, std::string key, time_point asked)
        : who(std::move(who)), key(std::move(key)), asked(asked)
    {}

    twitter::user_ref who;
    std::string key;
    time_point asked;
    std::optional<time_point> first_sent;
    int failures = 0; ///< In a row.
    bool sent = false;
    std::vector<std::pair<std::shared_ptr<asker>, std::size_t>> askers; ///< And the place in each.
};

} // namespace coauth::sessions
