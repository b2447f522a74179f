#include <coauth/oauth1/signer.hpp>

coauth::oauth1::signer make(const coauth::oauth1::consumer& app, const coauth::oauth1::access_token& user)
{
#ifdef MUST_FAIL
    return coauth::oauth1::signer(user, app);
#else
    return coauth::oauth1::signer(app, user);
#endif
}
