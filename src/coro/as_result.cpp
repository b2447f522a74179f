#include <coauth/coro/as_result.hpp>
#include <coauth/system_failure.hpp>

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
        // Out of files or memory: not caused by the peer, and transient like a lost connection.
        const std::string_view hint = shortage_hint(code);
        if (!hint.empty())
            return error(errc::connection_lost, "the operation was not possible: " + code.message())
                .with_hint(std::string(hint));
        return error(errc::connection_lost, "the connection broke: " + code.message());
    }
}

} // namespace coauth
