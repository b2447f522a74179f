// What the types refuse, beside the form that they allow. The line after "// refused: REGEX" must not compile, for
// the reason given, as g++ words it or as clang does; all else must. So no case passes because of a typing error.
#include <coauth/http/connection_pool.hpp>
#include <coauth/oauth1/signer.hpp>
#include <coauth/secret.hpp>
#include <coauth/session/session.hpp>
#include <coauth/twitter/client.hpp>

#include <iostream>

void printing_a_secret(const coauth::secret& key)
{
#ifdef MUST_FAIL
    // refused: no match for .operator<<.*secret|invalid operands to binary expression .*secret
    std::cout << key;
#else
    std::cout << key.reveal();
#endif
}

bool comparing_secrets(const coauth::secret& a, const coauth::secret& b)
{
#ifdef MUST_FAIL
    // refused: no match for .operator==.*secret|invalid operands to binary expression .*secret
    return a == b;
#else
    return a.matches(b.reveal());
#endif
}

coauth::oauth1::signer consumer_and_token_swapped(
    const coauth::oauth1::consumer& app, const coauth::oauth1::access_token& user)
{
#ifdef MUST_FAIL
    // refused: no matching (function for call to|constructor for initialization of) .*signer
    return coauth::oauth1::signer(user, app);
#else
    return coauth::oauth1::signer(app, user);
#endif
}

// A login that is not finished does not permit anything.
auto request_token_for_access_token(
    const coauth::twitter::client& client, coauth::oauth1::request_token login, coauth::oauth1::access_token user)
{
#ifdef MUST_FAIL
    // refused: convert .*request_token. to .*access_token|no viable conversion from .*request_token. to .*access_token
    return client.for_user(login).me();
#else
    return client.for_user(user).me();
#endif
}

// g++ 12 frees such a temporary twice when it stands beside a co_await.
coauth::http::pool_options options_as_an_aggregate()
{
#ifdef MUST_FAIL
    // refused: designated initializers cannot be used with a non-aggregate|no matching constructor for .*pool_options
    return coauth::http::pool_options{.max_header = 1024};
#else
    coauth::http::pool_options limits;
    limits.max_header = 1024;
    return limits;
#endif
}

boost::asio::awaitable<coauth::login> cookie_text_for_a_binding(coauth::session& session, const std::string& cookie)
{
#ifdef MUST_FAIL
    // refused: no matching function for call to .*begin_login|(cannot|no viable) (convert|conversion) .*browser_binding
    return session.begin_login(cookie);
#else
    return session.begin_login(coauth::browser_binding(cookie));
#endif
}

boost::asio::awaitable<coauth::login_outcome> login_completed_without_a_browser(
    coauth::session& session, const std::string& query, const coauth::browser_binding& present)
{
#ifdef MUST_FAIL
    static_cast<void>(present);
    // refused: no matching function for call to .*complete_login|too few arguments to function call
    return session.complete_login(query);
#else
    return session.complete_login(query, present);
#endif
}
