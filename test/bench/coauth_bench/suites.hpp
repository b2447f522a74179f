// What is measured: a function each. A suite without a name on the command line is run, too.
#pragma once

#include "measure.hpp"
#include "server.hpp"

namespace bench {

void sign(const arguments& given, const server& at);    ///< One signed request, without sending it.
void lookups(const arguments& given, const server& at); ///< `http`: users looked up over kept-alive connections.
void bearer(
    const arguments& given, const server& at); ///< The same for the user's own profile, with a token of OAuth 2.
void client(const arguments& given, const server& at); ///< One lookup through the client, without a wire.
void logins(const arguments& given, const server& at); ///< `login`: the legs 1 and 3.
void cold(
    const arguments& given, const server& at); ///< A lookup over a new connection, with a full and a resumed handshake.
void json(const arguments& given, const server& at);    ///< From a response's body to profiles.
void batch(const arguments& given, const server& at);   ///< A hundred profiles a request, through the session.
void cached(const arguments& given, const server& at);  ///< Lookups of the session without a wire.
void pending(const arguments& given, const server& at); ///< A hundred thousand logins that wait.

} // namespace bench
