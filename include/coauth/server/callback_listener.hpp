// Waits on a loopback address for the browser to come back from the provider, as desktop apps do
// (RFC 8252, section 7.3).
#pragma once

#include <coauth/server/http_server.hpp>

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace coauth::server {

/// Listens for one callback.
///
/// The user's callback gets a small page; other paths get 404, other methods than GET and HEAD 405; a
/// query that `accept` refuses gets 400 and the listener continues to wait, so that a stray or forged
/// callback can't end the login; a second callback while it closes gets 410. A callback that comes
/// before `wait` is called is held until then.
///
/// Thread safety: distinct objects are safe; a shared object is not. Lifetime: stops listening when
/// destroyed; a `wait` in progress then ends with `errc::cancelled`.
class COAUTH_DECL callback_listener {
public:
    /// `url`: `http://`, a loopback address or localhost (which listens on 127.0.0.1), a port (0: the
    /// kernel chooses), a path, and perhaps a query, which then comes back before the provider's
    /// parameters. Throws `errc::invalid_argument` for anything else, or if the port is taken.
    callback_listener(boost::asio::any_io_executor executor, std::string_view url);
    ~callback_listener();

    /// The callback URL to give to the provider, with the port in use.
    std::string url() const;

    /// Waits for a callback whose query `accept` takes, stops listening, and returns that query. The
    /// page is sent before this returns. May be called once. `accept` is called on a strand of the
    /// listener's own. Fails with `errc::cancelled`; honours cancellation, and answers 410 after it.
    boost::asio::awaitable<std::string> wait(std::function<bool(std::string_view query)> accept);

private:
    class state;
    std::shared_ptr<state> state_;
    std::shared_ptr<http_server> server_;
};

} // namespace coauth::server
