#include "coro/typed_errors.hpp"
#include "session/calls.hpp"
#include "session/logins/logins.hpp"
#include "session/lookups/lookups.hpp"
#include "session/lookups/thread_slot.hpp"
#include "session/setup.hpp"
#include "session/tokens.hpp"

#include <coauth/coro/as_result.hpp>
#include <coauth/session/session.hpp>

#include <boost/system/system_error.hpp>

#include <utility>

namespace coauth {

namespace asio = boost::asio;

namespace {

using coauth::lookup_outcome;

[[noreturn]] void throw_outcome(const coauth::lookup& lookup)
{
    switch (lookup.outcome) {
    case lookup_outcome::not_found:
        throw error(errc::not_found, "the provider does not know this user");
    case lookup_outcome::suspended:
        throw error(errc::suspended);
    case lookup_outcome::forbidden:
        throw error(errc::forbidden, "this user is not shown to the account that asks");
    case lookup_outcome::found:
    case lookup_outcome::failed:
        break;
    }
    throw lookup.why.value_or(error(errc::provider_error));
}

// With what `typed_errors` does, since a further frame would cost as much as the rest of a cache hit.
asio::awaitable<coauth::profile> do_profile(
    std::shared_ptr<sessions::lookups> lookups, std::string user_id, coauth::user_ref user, lookup_options options)
{
    {
        const sessions::lookups::cached_profile cached(*lookups, user_id, user);
        if (cached.found())
            co_return *cached.found();
    }
    try {
        std::vector<coauth::user_ref> users(1, std::move(user));
        const sessions::call_results results =
            co_await lookups->look_up(std::move(user_id), std::move(users), options.max_wait);
        const coauth::lookup& lookup = *results.outcomes.front();
        if (lookup.outcome != lookup_outcome::found)
            throw_outcome(lookup);
        co_return *lookup.profile;
    } catch (const boost::system::system_error&) {
        throw error_from_current_exception();
    }
}

asio::awaitable<coauth::lookups> do_profiles(std::shared_ptr<sessions::lookups> lookups, std::string user_id,
    std::vector<coauth::user_ref> users, lookup_options options)
{
    sessions::call_results results = co_await lookups->look_up(std::move(user_id), users, options.max_wait);
    coauth::lookups out;
    out.outcomes.reserve(users.size());
    for (std::size_t i = 0; i < users.size(); ++i) {
        coauth::lookup& lookup = results.take(i, out.outcomes);
        lookup.asked = std::move(users[i]); // a shared result has the text of the first call
    }
    co_return out;
}

asio::awaitable<void> do_sign_out(std::shared_ptr<sessions::lookups> lookups, std::shared_ptr<sessions::tokens> tokens,
    std::shared_ptr<const sessions::session_setup> setup, std::string user_id, session::at_provider action)
{
    sessions::tokens::reading meanwhile(*tokens, user_id);
    sessions::owner_ptr owner = co_await tokens->find_any(user_id);
    for (;;) {
        // What another login brings stays, and so at the provider what that may have carried over.
        if (meanwhile.saw_put())
            co_return;
        const bool removed = co_await lookups->sign_out(owner);
        if (removed)
            break;
        // It was renewed meanwhile, here or in another process; or the user has signed out there.
        result<sessions::owner_ptr> other = co_await as_result(tokens->find_any(user_id));
        if (!other && other.error().reason() != errc::unknown_user)
            throw other.error();
        if (!other)
            break;
        owner = *std::move(other);
    }
    if (action == session::at_provider::revoke && !meanwhile.saw_put())
        co_await setup->provider->revoke(owner->held);
}

asio::awaitable<signed_in_user> do_add(std::shared_ptr<sessions::tokens> tokens,
    std::shared_ptr<const sessions::session_setup> setup, finished_login finished)
{
    if (finished.user.id.empty())
        throw error(errc::invalid_argument, "the user has no id");
    co_await tokens->put_of_login(finished.user.id, std::move(finished.held));
    co_return signed_in_user(std::string(setup->provider->name()), std::move(finished.user.id),
        std::move(finished.user.username), std::move(finished.user.name));
}

asio::awaitable<void> do_close(std::shared_ptr<sessions::logins> logins, std::shared_ptr<sessions::lookups> lookups,
    std::shared_ptr<sessions::background> work)
{
    logins->close();
    lookups->close();
    co_await work->drained();
}

} // namespace

class session::state {
public:
    state(asio::any_io_executor executor, std::shared_ptr<login_provider> provider, session_options options)
        : setup(
              std::make_shared<sessions::session_setup>(std::move(executor), std::move(provider), std::move(options))),
          tokens(std::make_shared<sessions::tokens>(setup)),
          lookups(std::make_shared<sessions::lookups>(setup, tokens)), lookups_by_thread(lookups),
          logins(std::make_shared<sessions::logins>(setup, [tokens = tokens](std::string user_id, credential held) {
              return tokens->put_of_login(std::move(user_id), std::move(held));
          }))
    {
        lookups->start();
    }

    std::shared_ptr<const sessions::session_setup> setup;
    std::shared_ptr<sessions::tokens> tokens;
    std::shared_ptr<sessions::lookups> lookups;
    sessions::pointer_by_slot<sessions::lookups> lookups_by_thread; ///< The same.
    std::shared_ptr<sessions::logins> logins;
};

session::session(asio::any_io_executor executor, std::shared_ptr<login_provider> provider, session_options options)
    : state_(std::make_shared<state>(std::move(executor), std::move(provider), std::move(options)))
{}

session::~session()
{
    state_->logins->close();
    state_->lookups->abort();
    state_->setup->work->cancel();
}

// Not coroutines themselves: the operations do not need the session any longer.

asio::awaitable<login> session::begin_login(browser_binding present, login_request request)
{
    return state_->logins->begin(std::move(present), std::move(request));
}

asio::awaitable<login_outcome> session::wait(const login& begun)
{
    return state_->logins->wait(begun);
}

asio::awaitable<login_outcome> session::wait(std::shared_ptr<login::ticket> awaited)
{
    return state_->logins->wait(std::move(awaited));
}

asio::awaitable<login_outcome> session::complete_login(std::string query, browser_binding present)
{
    return state_->logins->complete(std::move(query), std::move(present));
}

asio::awaitable<void> session::add_user(std::string user_id, credential held)
{
    return typed_errors(state_->tokens->put(std::move(user_id), std::move(held)));
}

asio::awaitable<signed_in_user> session::add(finished_login finished)
{
    return typed_errors(do_add(state_->tokens, state_->setup, std::move(finished)));
}

asio::awaitable<void> session::sign_out(std::string user_id, at_provider held)
{
    return typed_errors(do_sign_out(state_->lookups, state_->tokens, state_->setup, std::move(user_id), held));
}

asio::awaitable<coauth::profile> session::profile(std::string user_id, coauth::user_ref user, lookup_options options)
{
    return do_profile(state_->lookups_by_thread.get(), std::move(user_id), std::move(user), options);
}

asio::awaitable<coauth::lookups> session::profiles(
    std::string user_id, std::vector<coauth::user_ref> users, lookup_options options)
{
    return typed_errors(do_profiles(state_->lookups, std::move(user_id), std::move(users), options));
}

asio::awaitable<reply<coauth::profile>> session::me(std::string user_id, call_options options)
{
    sessions::call_context context(state_->setup, state_->tokens, state_->lookups);
    return typed_errors(sessions::own_profile(std::move(context), std::move(user_id), options));
}

asio::awaitable<reply<http::response>> session::call(
    std::string user_id, http::request request, std::string limit, call_options options)
{
    sessions::call_context context(state_->setup, state_->tokens, state_->lookups);
    return typed_errors(
        sessions::call(std::move(context), std::move(user_id), std::move(request), std::move(limit), options));
}

session_stats session::stats() const
{
    session_stats now;
    now.logins = state_->logins->counts();
    now.lookups = state_->lookups->counts();
    return now;
}

void session::stop() noexcept
{
    state_->logins->close();
    state_->lookups->close();
}

asio::awaitable<void> session::close()
{
    return typed_errors(do_close(state_->logins, state_->lookups, state_->setup->work));
}

} // namespace coauth
