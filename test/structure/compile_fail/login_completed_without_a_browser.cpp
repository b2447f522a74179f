#include <coauth/session/session.hpp>

boost::asio::awaitable<coauth::login_outcome> complete(
    coauth::session& session, const std::string& query, const coauth::browser_binding& present)
{
#ifdef MUST_FAIL
    static_cast<void>(present);
    return session.complete_login(query);
#else
    return session.complete_login(query, present);
#endif
}
