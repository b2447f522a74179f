#include "session/user_classes.hpp"

#include "coro/user_class.hpp"

#include <coauth/store/login_store.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/this_coro.hpp>

#include <exception>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
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

// As `await_user_class`, for an operation that has been started and what that threw. Keeps `user` alive. Has no copy of the
// result in its frame, which for a profile would be most of it.
template <class T>
asio::awaitable<T> end_of(const user_class& source, [[maybe_unused]] std::shared_ptr<const void> user,
    asio::awaitable<T> op, std::exception_ptr thrown)
{
    try {
        if (thrown)
            std::rethrow_exception(std::exchange(thrown, nullptr));
        if constexpr (std::is_void_v<T>) {
            co_await std::move(op);
            co_return;
        } else {
            co_return co_await std::move(op);
        }
    } catch (...) {
        thrown = std::current_exception();
    }
    const asio::cancellation_state state = co_await asio::this_coro::cancellation_state;
    const bool cancelled = state.cancelled() != asio::cancellation_type::none;
    throw error_of_user_class(std::exchange(thrown, nullptr), cancelled, source.code, source.name);
}

// `start` calls the user's object. It is called at once, so that its arguments are in no further coroutine's frame; what it
// throws is thrown by the operation.
template <class User, class Start>
std::invoke_result_t<Start&> await_call(const user_class& source, const std::shared_ptr<User>& user, Start start)
{
    std::exception_ptr thrown;
    try {
        return end_of(source, user, start(), nullptr);
    } catch (...) {
        thrown = std::current_exception();
    }
    return end_of(source, user, std::invoke_result_t<Start&>(), std::move(thrown));
}

template <class Call>
auto call(const user_class& source, Call made)
{
    return call_user_class(source.code, source.name, std::move(made));
}

class checked_login_store final : public store::login_store, public store::immediate_logins {
public:
    explicit checked_login_store(std::shared_ptr<store::login_store> user)
        : user_(std::move(user)), immediate_(user_->immediate())
    {}

    store::login_limits limits() const override
    {
        return call(login_store_class, [this] { return user_->limits(); });
    }

    asio::awaitable<void> add(store::pending_login login) override
    {
        return await_call(login_store_class, user_, [&] { return user_->add(std::move(login)); });
    }

    asio::awaitable<counts> count(store::browser_digest browser) override
    {
        return await_call(login_store_class, user_, [&] { return user_->count(browser); });
    }

    asio::awaitable<store::taken_login> take(store::login_id id, store::browser_digest browser) override
    {
        return await_call(login_store_class, user_, [&] { return user_->take(id, browser); });
    }

    asio::awaitable<void> end(store::login_id id, store::ended_login reached) override
    {
        return await_call(login_store_class, user_, [&] { return user_->end(id, std::move(reached)); });
    }

    std::shared_ptr<void> watch(watcher notified) override
    {
        return call(login_store_class, [&] { return user_->watch(std::move(notified)); });
    }

    store::immediate_logins* immediate() noexcept override { return immediate_ ? this : nullptr; }

    void add_now(store::pending_login login) override
    {
        call(login_store_class, [&] { immediate_->add_now(std::move(login)); });
    }

    counts count_now(const store::browser_digest& browser) override
    {
        return call(login_store_class, [&] { return immediate_->count_now(browser); });
    }

    store::taken_login take_now(const store::login_id& id, const store::browser_digest& browser) override
    {
        return call(login_store_class, [&] { return immediate_->take_now(id, browser); });
    }

    void end_now(const store::login_id& id, const store::ended_login& reached) override
    {
        call(login_store_class, [&] { immediate_->end_now(id, reached); });
    }

    asio::awaitable<expiry> expire() override
    {
        return await_call(login_store_class, user_, [&] { return user_->expire(); });
    }

private:
    const std::shared_ptr<store::login_store> user_;
    store::immediate_logins* const immediate_; // null: it waits
};

class checked_token_store final : public store::token_store {
public:
    explicit checked_token_store(std::shared_ptr<store::token_store> store) : store_(std::move(store)) {}

    asio::awaitable<std::optional<store::stored_credential>> find(user_key user) override
    {
        return await_call(token_store_class, store_, [&] { return store_->find(std::move(user)); });
    }

    asio::awaitable<std::uint64_t> put(user_key user, credential held) override
    {
        return await_call(token_store_class, store_, [&] { return store_->put(std::move(user), std::move(held)); });
    }

    asio::awaitable<std::optional<std::uint64_t>> replace_if(
        user_key user, std::uint64_t version, credential held) override
    {
        return await_call(
            token_store_class, store_, [&] { return store_->replace_if(std::move(user), version, std::move(held)); });
    }

    asio::awaitable<bool> lease(user_key user, std::uint64_t version, std::chrono::milliseconds time) override
    {
        return await_call(token_store_class, store_, [&] { return store_->lease(std::move(user), version, time); });
    }

    asio::awaitable<bool> remove(user_key user, std::optional<std::uint64_t> version) override
    {
        return await_call(token_store_class, store_, [&] { return store_->remove(std::move(user), version); });
    }

private:
    const std::shared_ptr<store::token_store> store_;
};

class checked_account final : public account {
public:
    explicit checked_account(std::shared_ptr<account> user) : user_(std::move(user)) {}

    asio::awaitable<reply<coauth::profile>> me() override
    {
        return await_call(provider_class, user_, [&] { return user_->me(); });
    }

    const lookup_rules* directory() const override
    {
        return call_user_class(provider_class.code, provider_class.name, [this] { return user_->directory(); });
    }

    asio::awaitable<reply<coauth::lookups>> look_up(std::vector<user_ref> users) override
    {
        return await_call(provider_class, user_, [&] { return user_->look_up(std::move(users)); });
    }

    asio::awaitable<reply<http::response>> call(http::request request) override
    {
        return await_call(provider_class, user_, [&] { return user_->call(std::move(request)); });
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
        return user_->begin(std::move(callback), std::move(request));
    }

    result<std::string> key_of(std::string_view callback_query) const override
    {
        return call(provider_class, [&] { return user_->key_of(callback_query); });
    }

    asio::awaitable<finished_login> finish(begun_login login, std::string callback, std::string callback_query) override
    {
        return user_->finish(std::move(login), std::move(callback), std::move(callback_query));
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
        return await_call(provider_class, user_, [&] { return user_->renew(std::move(held)); });
    }

    credential carry_over(credential received, const credential& kept) const override
    {
        return call(provider_class, [&] { return user_->carry_over(std::move(received), kept); });
    }

    asio::awaitable<void> revoke(credential held) override
    {
        return await_call(provider_class, user_, [&] { return user_->revoke(std::move(held)); });
    }

    asio::awaitable<void> discard(credential received) override
    {
        return await_call(provider_class, user_, [&] { return user_->discard(std::move(received)); });
    }

    asio::awaitable<device_prompt> begin_device(login_request request) override
    {
        return await_call(provider_class, user_, [&] { return user_->begin_device(std::move(request)); });
    }

    asio::awaitable<finished_login> finish_device(device_prompt prompt) override
    {
        return await_call(provider_class, user_, [&] { return user_->finish_device(std::move(prompt)); });
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

error error_of_provider(bool cancelled)
{
    return error_of_user_class(std::current_exception(), cancelled, provider_class.code, provider_class.name);
}

error error_to_hand_on()
{
    return error_of_user_class(std::current_exception(), true, errc::provider_error, "the session");
}

} // namespace coauth::sessions
