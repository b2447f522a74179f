// Which requests are refused before they are read: by host, method, origin, and limits.
#include "site/login_site_state.hpp"

#include <coauth/server/forwarded.hpp>
#include <coauth/server/page.hpp>
#include <coauth/server/same_origin.hpp>

#include <algorithm>
#include <utility>

namespace coauth::site {

namespace asio = boost::asio;

namespace {

constexpr std::size_t longest_shown_host = 100;

bool is_reading(const server::request& r)
{
    return r.method == "GET" || r.method == "HEAD";
}

notice too_many(int status, std::chrono::milliseconds wait)
{
    notice content(status, "Too many sign-ins", "Please wait a moment and try again.");
    content.retry_after = std::max(std::chrono::ceil<std::chrono::seconds>(wait), std::chrono::seconds(1));
    return content;
}

} // namespace

// The cookies, the callback and the check of origin hold for one host.
std::optional<server::response> login_site::state::refused_by_host(const request& r) const
{
    const std::string_view host = r.headers.get("Host");
    if (origin_.is_named_by(host))
        return std::nullopt;
    log_.write_repeated(login_log::repeated::foreign_host,
        "request: its Host is \"" + std::string(host.substr(0, longest_shown_host)) + "\" and not this site's, " +
            origin_.authority() + "; if a proxy sends it, let the proxy pass the browser's Host on",
        now());
    if (is_reading(r))
        return server::redirect(url_ + "/");
    return pages_.notice_with_buttons(notice(421, "This site has another address", "Its address is " + url_ + "."));
}

asio::awaitable<server::response> login_site::state::refused_by_method(request r, login_route route) const
{
    const std::string method(method_of(route));
    // A user who types or reloads the address of a form needs the page that has it.
    if (is_reading(r) && method != "GET")
        co_return server::redirect(url_ + "/");
    notice content(405, "This can't be done here", "The address takes " + method + ".");
    response refused = co_await notice_page(std::move(r), std::move(content));
    refused.headers.set("Allow", method);
    co_return refused;
}

asio::awaitable<server::response> login_site::state::refused_by_origin(request r) const
{
    if (server::hides_origin(r))
        co_return pages_.notice_alone({403, "This browser does not say where the form came from",
            "Nothing was done, since it could have come from another site. Older browsers are like that (Safari before "
            "16.4, say), and so are some that hide what they send.",
            "Please use a newer browser, or one without such an extension."});
    notice content(403, "This came from another site", "Nothing was done. If you want it, press the button here.");
    response refused = co_await notice_page(std::move(r), std::move(content));
    co_return refused;
}

std::optional<notice> login_site::state::refused_by_limits(const request& r)
{
    const bool newcomer = !age_of_address_token(r);
    const auto refusal = begins_.take(address_of(r), newcomer, now());
    if (!refusal)
        return std::nullopt;
    const bool of_site = refusal->reached == begin_limits::limit::site;
    ++(of_site ? refused_by_site_ : refused_by_address_);
    return too_many(of_site ? 503 : 429, refusal->wait);
}

std::string login_site::state::address_of(const request& r) const
{
    if (options_.proxy.empty() || r.peer != options_.proxy)
        return r.peer;
    auto client = server::forwarded_client(r);
    if (client)
        return *std::move(client);
    log_.write_repeated(login_log::repeated::unknown_client,
        std::string("proxy: ") + client.error().what() +
            "; until then such clients share the limits of the proxy's address",
        now());
    return r.peer;
}

// The button on this page is pressed within minutes, so a token is made anew in good time.
void login_site::state::prove_address(const request& r, response& page) const
{
    const auto age = age_of_address_token(r);
    if (age && *age < address_tokens_.lifetime() / 2)
        return;
    const std::string token = address_tokens_.issue(address_of(r), now());
    page.headers.add("Set-Cookie", address_cookie_.set(token, address_tokens_.lifetime()));
}

std::optional<std::chrono::seconds> login_site::state::age_of_address_token(const request& r) const
{
    const auto token = address_cookie_.read(r);
    if (!token)
        return std::nullopt;
    return address_tokens_.age(*token, address_of(r), now());
}

} // namespace coauth::site
