#include <coauth/session/session.hpp>

boost::asio::awaitable<coauth::login> begin(coauth::session& session, const std::string& cookie)
{
#ifdef MUST_FAIL
    return session.begin_login(cookie);
#else
    return session.begin_login(coauth::browser_binding(cookie));
#endif
}
