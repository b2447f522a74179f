#include "coro/typed_errors.hpp"
#include "session/logins/logins.hpp"
#include "session/lookups/lookups.hpp"
#include "session/setup.hpp"
#include "session/tokens.hpp"

#include <coauth/session/session.hpp>

#include <utility>

namespace coauth {

namespace asio = boost::asio;

namespace {

using twitter::lookup_outcome;

[[noreturn]] void throw_outcome(const twitter::lookup& one)
{
    switch (one.outcome) {
    case lookup_outcome::not_found:
        throw error(errc::not_found, "the provider knows no such person");
    case lookup_outcome::suspended:
        throw error(errc::suspended);
    case lookup_outcome::forbidden:
        throw error(errc::forbidden, "this person is not shown to the account that asks");
    case lookup_outcome::found:
    case lookup_outcome::failed:
        break;
    }
    throw one.why.value_or(error(errc::provider_error));
}

asio::awaitable<twitter::profile> do_profile(std::shared_ptr<sessions::lookups> desk, std::string user_id,
    std::vector<twitter::user_ref> who, lookup_options how)
{
    const sessions::call_answers answers = co_await desk->ask(std::move(user_id), std::move(who), how.max_wait);
    const twitter::lookup& one = *answers.outcomes.front();
    if (one.outcome != lookup_outcome::found)
        throw_outcome(one);
    co_return *one.profile;
}

asio::awaitable<twitter::lookups> do_profiles(std::shared_ptr<sessions::lookups> desk, std::string user_id,
    std::vector<twitter::user_ref> who, lookup_options how)
{
    const sessions::call_answers answers = co_await desk->ask(std::move(user_id), who, how.max_wait);
    twitter::lookups out;
    out.outcomes.reserve(who.size());
    for (std::size_t i = 0; i < who.size(); ++i) {
        twitter::lookup& one = out.outcomes.emplace_back(*answers.outcomes[i]);
        one.asked = std::move(who[i]); // a shared answer has the text of whoever asked first
        one.reused = answers.reused[i];
    }
    co_return out;
}

asio::awaitable<void> do_sign_out(std::shared_ptr<sessions::lookups> desk, std::shared_ptr<sessions::tokens> tokens,
    std::shared_ptr<const sessions::setup> with, std::string user_id, session::at_provider what)
{
    const sessions::person_ref who = co_await tokens->find(std::move(user_id));
    co_await desk->sign_out(who);
    if (what == session::at_provider::invalidate)
        co_await with->provider->invalidate(who->token);
}

asio::awaitable<void> do_close(std::shared_ptr<sessions::logins> logins, std::shared_ptr<sessions::lookups> desk,
    std::shared_ptr<sessions::background> work)
{
    logins->close();
    desk->close();
    co_await work->drained();
}

asio::awaitable<void> keep_grant(std::shared_ptr<sessions::tokens> tokens, grant what)
{
    co_await tokens->put(std::move(what.user.id), std::move(what.token));
}

} // namespace

class session::state {
public:
    state(asio::any_io_executor executor, std::shared_ptr<login_provider> provider, session_options options)
        : with(std::make_shared<sessions::setup>(std::move(executor), std::move(provider), std::move(options))),
          tokens(std::make_shared<sessions::tokens>(with)), lookups(std::make_shared<sessions::lookups>(with, tokens)),
          logins(std::make_shared<sessions::logins>(
              with, [tokens = tokens](grant what) { return keep_grant(tokens, std::move(what)); }))
    {
        lookups->start();
    }

    std::shared_ptr<const sessions::setup> with;
    std::shared_ptr<sessions::tokens> tokens;
    std::shared_ptr<sessions::lookups> lookups;
    std::shared_ptr<sessions::logins> logins;
};

session::session(asio::any_io_executor executor, std::shared_ptr<login_provider> provider, session_options options)
    : state_(std::make_shared<state>(std::move(executor), std::move(provider), std::move(options)))
{}

session::session(asio::any_io_executor executor, const twitter::client& client, session_options options)
    : session(std::move(executor), twitter_provider(client), std::move(options))
{}

session::~session()
{
    state_->logins->close();
    state_->lookups->abort();
    state_->with->work->cancel();
}

// These are no coroutines themselves: what they return does not need the
// session any more.

asio::awaitable<login> session::begin_login(browser_binding present, login_request how)
{
    return typed_errors(state_->logins->begin(std::move(present), std::move(how)));
}

asio::awaitable<login_outcome> session::wait(const login& begun)
{
    return state_->logins->wait(begun);
}

asio::awaitable<login_outcome> session::complete_login(std::string query, browser_binding present)
{
    return typed_errors(state_->logins->complete(std::move(query), std::move(present)));
}

asio::awaitable<void> session::add_user(std::string user_id, oauth1::access_token token)
{
    return typed_errors(state_->tokens->put(std::move(user_id), std::move(token)));
}

asio::awaitable<void> session::sign_out(std::string user_id, at_provider token)
{
    return typed_errors(do_sign_out(state_->lookups, state_->tokens, state_->with, std::move(user_id), token));
}

asio::awaitable<twitter::profile> session::profile(std::string user_id, twitter::user_ref who, lookup_options how)
{
    std::vector<twitter::user_ref> one(1, std::move(who));
    return typed_errors(do_profile(state_->lookups, std::move(user_id), std::move(one), how));
}

asio::awaitable<twitter::lookups> session::profiles(
    std::string user_id, std::vector<twitter::user_ref> who, lookup_options how)
{
    return typed_errors(do_profiles(state_->lookups, std::move(user_id), std::move(who), how));
}

session_stats session::stats() const
{
    session_stats now;
    now.logins = state_->logins->counts();
    now.lookups = state_->lookups->counts();
    return now;
}

asio::awaitable<void> session::close()
{
    return typed_errors(do_close(state_->logins, state_->lookups, state_->with->work));
}

} // namespace coauth
