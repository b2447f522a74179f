#include "program/browser.hpp"

#include <coauth/http/request.hpp>

namespace program {

namespace asio = boost::asio;

asio::awaitable<std::string> play_browser(std::shared_ptr<coauth::http::transport> transport, std::string url)
{
    constexpr int most_redirects = 3;
    for (int i = 0; i < most_redirects; ++i) {
        coauth::http::response page = co_await transport->send(coauth::http::get(url));
        if (page.status >= 400)
            throw coauth::error(coauth::errc::provider_error, "the page that the browser was sent to has an error")
                .with_http_status(page.status);
        if (page.status < 300)
            co_return page.body;
        url = std::string(page.headers.get("Location"));
    }
    throw coauth::error(coauth::errc::unexpected_redirect, "the sandbox redirects in circles");
}

std::string pin_on_page(const std::string& page)
{
    constexpr std::string_view open = "<code>";
    const auto start = page.find(open);
    if (start == page.npos)
        return {};
    const auto end = page.find("</code>", start);
    return end == page.npos ? std::string() : page.substr(start + open.size(), end - start - open.size());
}

} // namespace program
