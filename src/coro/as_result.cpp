#include <coauth/coro/as_result.hpp>

#include <boost/asio/error.hpp>

namespace coauth {

error error_from_current_exception()
{
    try {
        throw;
    } catch (const error& e) {
        return e;
    } catch (const boost::system::system_error& e) {
        const auto code = e.code();
        if (code == boost::asio::error::operation_aborted)
            return error(errc::cancelled);
        if (code == boost::asio::error::timed_out)
            return error(errc::timeout);
        return error(errc::connection_lost, "the connection broke: " + code.message());
    }
}

} // namespace coauth
