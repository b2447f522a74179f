// Plays the browser and the user where there is none: the sandbox approves at once.
#pragma once

#include <coauth/http/transport.hpp>

#include <boost/asio/awaitable.hpp>

#include <memory>
#include <string>

namespace program {

/// Opens the sandbox's authorize page and follows its redirect to the callback. Returns the page that
/// is shown last. Throws `errc::provider_error` if that is an error.
boost::asio::awaitable<std::string> play_browser(std::shared_ptr<coauth::http::transport> transport, std::string url);

/// The text of the page's first <code> element, where the sandbox shows the PIN; empty if there is none.
std::string pin_on_page(const std::string& page);

} // namespace program
