#include <coauth/oauth1/stored_token.hpp>
#include <coauth/twitter/provider.hpp>

namespace coauth::twitter {

credential credential_of(const oauth1::access_token& access)
{
    return credential(oauth1::stored_text(access));
}

oauth1::access_token access_token_of(const credential& held)
{
    return oauth1::parse_stored_text(held.text().reveal()).value();
}

} // namespace coauth::twitter
