// Apps at providers that want the client's keys in the body.
#pragma once

#include <coauth/oauth2/app.hpp>

namespace coauth::providers {

/// The app with `client_secret_post`; a public client as it is, for its id is in the body already (RFC 6749, section 2.3.1).
inline oauth2::app with_secret_in_body(const oauth2::app& app)
{
    return app.is_public() ? app
                           : oauth2::app(app.client_id(), app.client_secret(), oauth2::client_authentication::post);
}

} // namespace coauth::providers
