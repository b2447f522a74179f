#include "session/user_classes.hpp"

#include "coro/user_class.hpp"

#include <exception>
#include <string>
#include <string_view>
#include <utility>

namespace coauth::sessions {

namespace asio = boost::asio;

namespace {

// A class of the user's, and the code of its exceptions.
struct user_class {
    errc code;
    std::string_view name;
};

constexpr user_class login_store_class{errc::store_unavailable, "the login store"};
constexpr user_class token_store_class{errc::store_unavailable, "the token store"};
constexpr user_class provider_class{errc::provider_error, "the login provider"};

template <class Start>
auto await_call(const user_class& source, Start start)
{
    return await_user_class(source.code, source.name, std::move(start));
}

template <class Call>
auto call(const user_class& source, Call made)
{
    return call_user_class(source.code, source.name, std::move(made));
}

class checked_login_store final : public store::login_store {
public:
    explicit checked_login_store(std::shared_ptr<store::login_store> user) : user_(std::move(user)) {}

    store::login_limits limits() const override
    {
        return call(login_store_class, [this] { return user_->limits(); });
    }

    asio::awaitable<void> add(store::pending_login login) override
    {
        return await_call(login_store_class,
            [user = user_, login = std::move(login)]() mutable { return user->add(std::move(login)); });
    }

    asio::awaitable<counts> count(store::browser_digest browser) override
    {
        return await_call(login_store_class, [user = user_, browser] { return user->count(browser); });
    }

    asio::awaitable<store::taken_login> take(store::login_id id, store::browser_digest browser) override
    {
        return await_call(login_store_class, [user = user_, id, browser] { return user->take(id, browser); });
    }

    asio::awaitable<void> end(store::login_id id, store::ended_login reached) override
    {
        return await_call(login_store_class,
            [user = user_, id, reached = std::move(reached)]() mutable { return user->end(id, std::move(reached)); });
    }

    std::shared_ptr<void> watch(watcher notified) override
    {
        return call(login_store_class, [&] { return user_->watch(std::move(notified)); });
    }

    asio::awaitable<expiry> expire() override
    {
        return await_call(login_store_class, [user = user_] { return user->expire(); });
    }

private:
    const std::shared_ptr<store::login_store> user_;
};

class checked_token_store final : public store::token_store {
public:
    explicit checked_token_store(std::shared_ptr<store::token_store> store) : store_(std::move(store)) {}

    asio::awaitable<std::optional<store::stored_credential>> find(user_key user) override
    {
        return await_call(token_store_class,
            [store = store_, user = std::move(user)]() mutable { return store->find(std::move(user)); });
    }

    asio::awaitable<std::uint64_t> put(user_key user, credential held) override
    {
        return await_call(
            token_store_class, [store = store_, user = std::move(user), held = std::move(held)]() mutable {
                return store->put(std::move(user), std::move(held));
            });
    }

    asio::awaitable<std::optional<std::uint64_t>> replace_if(
        user_key user, std::uint64_t version, credential held) override
    {
        return await_call(
            token_store_class, [store = store_, user = std::move(user), version, held = std::move(held)]() mutable {
                return store->replace_if(std::move(user), version, std::move(held));
            });
    }

    asio::awaitable<bool> lease(user_key user, std::uint64_t version, std::chrono::milliseconds time) override
    {
        return await_call(token_store_class, [store = store_, user = std::move(user), version, time]() mutable {
            return store->lease(std::move(user), version, time);
        });
    }

    asio::awaitable<bool> remove(user_key user, std::optional<std::uint64_t> version) override
    {
        return await_call(token_store_class, [store = store_, user = std::move(user), version]() mutable {
            return store->remove(std::move(user), version);
        });
    }

private:
    const std::shared_ptr<store::token_store> store_;
};

class checked_account final : public account {
public:
    explicit checked_account(std::shared_ptr<account> user) : user_(std::move(user)) {}

    asio::awaitable<reply<coauth::profile>> me() override
    {
        return await_call(provider_class, [user = user_] { return user->me(); });
    }

    const lookup_rules* directory() const override
    {
        return coauth::sessions::call(provider_class, [this] { return user_->directory(); });
    }

    asio::awaitable<reply<coauth::lookups>> look_up(std::vector<user_ref> users) override
    {
        return await_call(provider_class,
            [user = user_, users = std::move(users)]() mutable { return user->look_up(std::move(users)); });
    }

    asio::awaitable<reply<http::response>> call(http::request request) override
    {
        return await_call(provider_class,
            [user = user_, request = std::move(request)]() mutable { return user->call(std::move(request)); });
    }

private:
    const std::shared_ptr<account> user_;
};

class checked_provider final : public login_provider {
public:
    explicit checked_provider(std::shared_ptr<login_provider> user) : user_(std::move(user)) {}

    std::string_view name() const noexcept override { return user_->name(); }

    asio::awaitable<begun_login> begin(std::string callback, login_request request) override
    {
        return await_call(
            provider_class, [user = user_, callback = std::move(callback), request = std::move(request)]() mutable {
                return user->begin(std::move(callback), std::move(request));
            });
    }

    result<std::string> key_of(std::string_view callback_query) const override
    {
        return call(provider_class, [&] { return user_->key_of(callback_query); });
    }

    asio::awaitable<finished_login> finish(begun_login login, std::string callback, std::string callback_query) override
    {
        return await_call(provider_class, [user = user_, login = std::move(login), callback = std::move(callback),
                                              query = std::move(callback_query)]() mutable {
            return user->finish(std::move(login), std::move(callback), std::move(query));
        });
    }

    std::shared_ptr<account> open(const credential& held) const override
    {
        auto opened = call(provider_class, [&] { return user_->open(held); });
        if (!opened)
            throw error(errc::provider_error, "the login provider gave no account");
        return std::make_shared<checked_account>(std::move(opened));
    }

    asio::awaitable<credential> renew(credential held) override
    {
        return await_call(
            provider_class, [user = user_, held = std::move(held)]() mutable { return user->renew(std::move(held)); });
    }

    asio::awaitable<void> revoke(credential held) override
    {
        return await_call(
            provider_class, [user = user_, held = std::move(held)]() mutable { return user->revoke(std::move(held)); });
    }

    asio::awaitable<device_prompt> begin_device(login_request request) override
    {
        return await_call(provider_class,
            [user = user_, request = std::move(request)]() mutable { return user->begin_device(std::move(request)); });
    }

    asio::awaitable<finished_login> finish_device(device_prompt prompt) override
    {
        return await_call(provider_class,
            [user = user_, prompt = std::move(prompt)]() mutable { return user->finish_device(std::move(prompt)); });
    }

private:
    const std::shared_ptr<login_provider> user_;
};

} // namespace

std::shared_ptr<store::login_store> checked(std::shared_ptr<store::login_store> user)
{
    return std::make_shared<checked_login_store>(std::move(user));
}

std::shared_ptr<store::token_store> checked(std::shared_ptr<store::token_store> user)
{
    return std::make_shared<checked_token_store>(std::move(user));
}

std::shared_ptr<login_provider> checked(std::shared_ptr<login_provider> user)
{
    return std::make_shared<checked_provider>(std::move(user));
}

error error_to_hand_on()
{
    return error_of_user_class(std::current_exception(), true, errc::provider_error, "the session");
}

} // namespace coauth::sessions
