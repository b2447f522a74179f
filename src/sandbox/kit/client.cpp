#include <coauth/http/connection_pool.hpp>
#include <coauth/oauth1/parameters.hpp>
#include <coauth/sandbox/kit/client.hpp>

#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <memory>
#include <string_view>
#include <utility>

namespace coauth::sandbox {

namespace asio = boost::asio;

namespace {

std::shared_ptr<http::transport> transport_to(const std::string& ca_file, asio::any_io_executor executor)
{
    http::pool_options pool;
    if (!ca_file.empty())
        pool.trust = http::tls_trust::ca_file(ca_file);
    return std::make_shared<http::connection_pool>(std::move(executor), std::move(pool));
}

// What the page shows between two texts; empty if it does not.
std::string between(std::string_view page, std::string_view open, std::string_view close)
{
    const auto start = page.find(open);
    const auto end = start == page.npos ? page.npos : page.find(close, start);
    return end == page.npos ? std::string() : std::string(page.substr(start + open.size(), end - start - open.size()));
}

asio::awaitable<std::string> do_allow(std::string base, std::string ca_file, std::string url, std::string username)
{
    http::request form = http::get(url);
    if (form.origin.url() != base)
        throw error(errc::invalid_argument, "the URL of the login is not the sandbox's");
    const auto query = form.target.find('?');
    form.method = "POST";
    form.headers.add("Origin", base);
    form.headers.add("Content-Type", "application/x-www-form-urlencoded");
    if (query != std::string::npos)
        form.body = form.target.substr(query + 1) + '&';
    form.body += oauth1::encode_form({{"user", username}, {"allow", "1"}});
    form.target.resize(std::min(query, form.target.size()));

    const asio::any_io_executor executor = co_await asio::this_coro::executor;
    const auto transport = transport_to(ca_file, executor);
    const http::response page = co_await transport->send(std::move(form));
    if (page.status >= 300 && page.status < 400) {
        const std::string_view callback = page.headers.get("Location");
        const auto query_begin = callback.find('?');
        if (query_begin == callback.npos)
            throw error(errc::unexpected_redirect, "the sandbox's page leads to no callback");
        const auto fragment = callback.find('#', query_begin); // Facebook's
        co_return std::string(callback.substr(query_begin + 1, fragment - query_begin - 1));
    }
    std::string pin = between(page.body, "<code>", "</code>");
    // The page that asks shows other texts so, such as the callback.
    if (page.status == 200 && !pin.empty() && pin.find_first_not_of("0123456789") == std::string::npos)
        co_return pin;
    const std::string said = between(page.body, "<h1>", "</h1>");
    if (page.status == 200 && said.starts_with("You allowed")) // A device's page, which has nothing to hand on.
        co_return std::string();
    throw error(page.status == 200 ? errc::not_found : errc::provider_error,
        "the sandbox's page does not allow the login as \"" + username + "\": " + said)
        .with_http_status(page.status);
}

} // namespace

twitter::client client_of(const provider& sandbox, twitter::client_options options)
{
    options.endpoints = twitter::endpoints(sandbox.url());
    return twitter::client(
        transport_to(sandbox.ca_file(), sandbox.get_executor()), sandbox.consumer(), std::move(options));
}

asio::awaitable<std::string> allow(const provider& sandbox, std::string url, std::string username)
{
    return do_allow(sandbox.url(), sandbox.ca_file(), std::move(url), std::move(username));
}

} // namespace coauth::sandbox
