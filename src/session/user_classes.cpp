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

    asio::awaitable<std::optional<store::recent_login>> recent(
        store::browser_digest browser, std::string return_to, std::chrono::milliseconds age) override
    {
        return await_call(login_store_class, [user = user_, browser, return_to = std::move(return_to), age]() mutable {
            return user->recent(browser, std::move(return_to), age);
        });
    }

    asio::awaitable<store::taken_login> take(store::login_id id, store::browser_digest browser) override
    {
        return await_call(login_store_class, [user = user_, id, browser] { return user->take(id, browser); });
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
    explicit checked_token_store(std::shared_ptr<store::token_store> user) : user_(std::move(user)) {}

    asio::awaitable<std::optional<store::stored_token>> find(std::string user_id) override
    {
        return await_call(token_store_class,
            [user = user_, user_id = std::move(user_id)]() mutable { return user->find(std::move(user_id)); });
    }

    asio::awaitable<std::uint64_t> put(std::string user_id, oauth1::access_token token) override
    {
        return await_call(
            token_store_class, [user = user_, user_id = std::move(user_id), token = std::move(token)]() mutable {
                return user->put(std::move(user_id), std::move(token));
            });
    }

    asio::awaitable<bool> remove(std::string user_id, std::optional<std::uint64_t> version) override
    {
        return await_call(token_store_class, [user = user_, user_id = std::move(user_id), version]() mutable {
            return user->remove(std::move(user_id), version);
        });
    }

private:
    const std::shared_ptr<store::token_store> user_;
};

class checked_provider final : public login_provider {
public:
    explicit checked_provider(std::shared_ptr<login_provider> user) : user_(std::move(user)) {}

    asio::awaitable<oauth1::request_token> begin(std::string callback) override
    {
        return await_call(provider_class,
            [user = user_, callback = std::move(callback)]() mutable { return user->begin(std::move(callback)); });
    }

    std::string login_url(const oauth1::request_token& login, bool ask_again) const override
    {
        return call(provider_class, [&] { return user_->login_url(login, ask_again); });
    }

    asio::awaitable<grant> finish(oauth1::request_token login, std::string verifier) override
    {
        return await_call(
            provider_class, [user = user_, login = std::move(login), verifier = std::move(verifier)]() mutable {
                return user->finish(std::move(login), std::move(verifier));
            });
    }

    asio::awaitable<coauth::reply<coauth::lookups>> look_up(
        oauth1::access_token token, std::vector<coauth::user_ref> users) override
    {
        return await_call(provider_class, [user = user_, token = std::move(token), users = std::move(users)]() mutable {
            return user->look_up(std::move(token), std::move(users));
        });
    }

    std::size_t largest_lookup() const override
    {
        return call(provider_class, [this] { return user_->largest_lookup(); });
    }

    bool one_limit_for_ids_and_names() const override
    {
        return call(provider_class, [this] { return user_->one_limit_for_ids_and_names(); });
    }

    asio::awaitable<void> invalidate(oauth1::access_token token) override
    {
        return await_call(provider_class,
            [user = user_, token = std::move(token)]() mutable { return user->invalidate(std::move(token)); });
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
