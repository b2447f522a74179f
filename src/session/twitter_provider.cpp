#include <coauth/session/login_provider.hpp>

#include <utility>

namespace coauth {

namespace asio = boost::asio;

login_provider::~login_provider() = default;

std::string_view login_provider::name() const noexcept
{
    return "x";
}

namespace {

// The response of leg 3 names the user; if it does not, the profile does.
asio::awaitable<grant> do_finish(twitter::client client, oauth1::request_token login, std::string verifier)
{
    oauth1::access_token token = co_await client.access_token(std::move(login), std::move(verifier));
    signed_in_user user("x", std::string(token.extra("user_id")), std::string(token.extra("screen_name")));
    if (user.id.empty()) {
        const auto me = co_await client.for_user(token).me();
        user = signed_in_user("x", me.id, me.username);
    }
    grant out(std::move(user), std::move(token));
    co_return out;
}

class twitter_login_provider final : public login_provider {
public:
    explicit twitter_login_provider(const twitter::client& client) : client_(client.without_retry()) {}

    asio::awaitable<oauth1::request_token> begin(std::string callback) override
    {
        return client_.request_token(std::move(callback));
    }

    std::string login_url(const oauth1::request_token& login, bool ask_again) const override
    {
        return ask_again ? client_.authorize_url(login) : client_.authenticate_url(login);
    }

    asio::awaitable<grant> finish(oauth1::request_token login, std::string verifier) override
    {
        return do_finish(client_.without_retry(), std::move(login), std::move(verifier));
    }

    asio::awaitable<coauth::reply<coauth::lookups>> look_up(
        oauth1::access_token token, std::vector<coauth::user_ref> users) override
    {
        return client_.for_user(std::move(token)).profiles(std::move(users));
    }

    std::size_t largest_lookup() const override { return 100; }

    bool one_limit_for_ids_and_names() const override
    {
        return client_.options().api == twitter::api_version::v1_1; // both are users/lookup there
    }

    asio::awaitable<void> invalidate(oauth1::access_token token) override
    {
        return client_.for_user(std::move(token)).invalidate_token();
    }

private:
    twitter::client client_;
};

} // namespace

std::shared_ptr<login_provider> twitter_provider(const twitter::client& client)
{
    return std::make_shared<twitter_login_provider>(client);
}

} // namespace coauth
