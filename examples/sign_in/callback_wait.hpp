// Waits for the user's callback; with the sandbox inside, this program is the user.
#pragma once

#include "program/provider_flags.hpp"
#include "sign_in/flags.hpp"

#include <coauth/server/callback_listener.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace sign_in {

/// Why a callback's query is not one of this login; empty if it is.
using callback_check = std::function<std::string(std::string_view query)>;

/// The listener, and the failure of the browser that this program plays.
struct callback_wait {
    callback_wait(const boost::asio::any_io_executor& executor, std::string_view callback)
        : listener(std::in_place, executor, callback)
    {}

    std::optional<coauth::server::callback_listener> listener;
    std::exception_ptr browser_failure;
    int rejected = 0;           // callbacks that were not this login's
    std::string last_rejection; // why
};

/// The query of this login's callback. `url`: the page that the user opens; with the sandbox inside this program does. Throws
/// `errc::expired` if none comes in time.
boost::asio::awaitable<std::string> wait_for_callback(std::shared_ptr<callback_wait> wait, const flags& given,
    std::shared_ptr<coauth::http::transport> transport, std::string url, callback_check check);

} // namespace sign_in
