// A session whose users' credentials expire, on a clock that a test advances.
#pragma once

#include "unit/session/echo_provider.hpp"
#include "unit/session/manual_loop.hpp"

#include <coauth/coro/as_result.hpp>
#include <coauth/session/session.hpp>
#include <coauth/store/memory_store.hpp>

#include <boost/asio/co_spawn.hpp>

#include <doctest/doctest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace coauth::testing {

class renewals_fixture : public manual_loop {
public:
    renewals_fixture()
    {
        provider->clock = clock;
        first = make();
        add(provider->renewable_token_of("ann"));
    }
    ~renewals_fixture()
    {
        first.reset();
        second.reset();
        end();
    }

    std::unique_ptr<session> make()
    {
        session_options options;
        options.clock = clock;
        options.chance = [] { return 0.5; };
        options.tokens = tokens;
        options.on_event = [this](const session_event& event) {
            if (event.kind == session_event_kind::token_renewed)
                ++renewed_events;
        };
        return std::make_unique<session>(io.get_executor(), provider, options);
    }

    void add(credential held)
    {
        boost::asio::co_spawn(
            io, first->add_user("ann", std::move(held)), [](const std::exception_ptr& e) { CHECK(!e); });
        poll();
    }

    // The token that a call of `ann` was made with, or the error.
    using seen = std::shared_ptr<std::optional<result<std::string>>>;
    seen ask(session& on, const std::string& user_id = "ann")
    {
        auto out = std::make_shared<std::optional<result<std::string>>>();
        boost::asio::co_spawn(io, as_result(on.call(user_id, http::request(), "tweets")),
            [out](const std::exception_ptr& e, result<reply<http::response>> response) {
                REQUIRE(!e);
                if (response)
                    out->emplace(std::string(response->headers.get("X-Token")));
                else
                    out->emplace(response.error());
            });
        return out;
    }
    std::string token(session& on, const std::string& user_id = "ann")
    {
        const auto asked = ask(on, user_id);
        poll();
        REQUIRE(*asked);
        return **asked ? (*asked)->value() : std::string(name((*asked)->error().reason()));
    }

    // Adds the token that the lookup was made with, or the error's name.
    void look_up(session& on, coauth::user_ref user, std::vector<std::string>& out)
    {
        boost::asio::co_spawn(io, as_result(on.profile("ann", std::move(user))),
            [&out](const std::exception_ptr& e, const result<coauth::profile>& found) {
                REQUIRE(!e);
                out.push_back(found ? *found->description : std::string(name(found.error().reason())));
            });
    }

    std::shared_ptr<echo_provider> provider = std::make_shared<echo_provider>();
    std::shared_ptr<store::token_store> tokens = store::memory_token_store(clock);
    int renewed_events = 0;
    std::unique_ptr<session> first;
    std::unique_ptr<session> second;
};

} // namespace coauth::testing
