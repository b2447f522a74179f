#include <coauth/twitter/client.hpp>

// A login that is not finished is no permission.
auto who(const coauth::twitter::client& client, coauth::oauth1::request_token login, coauth::oauth1::access_token user)
{
#ifdef MUST_FAIL
    return client.me(login);
#else
    return client.me(user);
#endif
}
