#include "coro/user_class.hpp"

#include <coauth/coro/as_result.hpp>

#include <boost/asio/error.hpp>

#include <string>
#include <utility>

namespace coauth {

namespace {

error internal_error(errc code, std::string_view source, std::string_view thrown)
{
    constexpr std::size_t longest = 200;
    std::string message = "internal error: " + std::string(source) + " threw " + std::string(thrown.substr(0, longest));
    if (thrown.size() > longest)
        message += "...";
    return error(code, std::move(message));
}

} // namespace

error error_of_user_class(const std::exception_ptr& thrown, bool cancelled, errc code, std::string_view source)
{
    try {
        std::rethrow_exception(thrown);
    } catch (const error& e) {
        return e;
    } catch (const boost::system::system_error& e) {
        const bool aborted = e.code() == boost::asio::error::operation_aborted;
        if (aborted && cancelled)
            return error(errc::cancelled);
        if (aborted || code == errc::store_unavailable)
            return internal_error(code, source, e.what());
        return error_from_current_exception();
    } catch (const std::exception& e) {
        return internal_error(code, source, e.what());
    } catch (...) {
        return internal_error(code, source, "something that is not a std::exception");
    }
}

} // namespace coauth
