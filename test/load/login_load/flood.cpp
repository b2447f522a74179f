#include "login_load/flood.hpp"

#include "login_load/connection.hpp"
#include "login_load/cookie_jar.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>

namespace login_load {

namespace asio = boost::asio;

namespace {

constexpr std::chrono::seconds patience(10);
constexpr std::size_t no_limit = 200;
constexpr std::chrono::milliseconds before_another_connection(10);

} // namespace

asio::awaitable<void> flood::press(std::size_t n)
{
    auto executor = co_await asio::this_coro::executor;
    asio::steady_timer pause(executor);
    std::unique_ptr<connection> own;
    request button;
    button.method = "POST";
    button.server = options_.site;
    button.target = "/login";
    source& own_address = sources_.at(n);
    while (goes_on(own_address)) {
        response a;
        ++requests_;
        try {
            if (!own || !own->usable())
                own = co_await connect(options_.site, source_address(network::flood, n), nullptr, patience);
            a = co_await own->exchange(button, patience);
        } catch (const boost::system::system_error&) {
            own.reset();
            a.kind = ending::refused;
        }
        if (a.kind == ending::responded) {
            responses_.add(a.status);
            own_address.let_in += a.status == 303 ? 1 : 0;
            own_address.refused = own_address.refused || a.status == 429;
            continue;
        }
        ++unanswered_;
        pause.expires_after(before_another_connection);
        co_await pause.async_wait(asio::use_awaitable);
    }
}

asio::awaitable<void> flood::press_from_new_addresses(std::size_t workers)
{
    auto executor = co_await asio::this_coro::executor;
    asio::steady_timer pause(executor);
    auto next = clock::now();
    while (!ended_) {
        const response a = co_await press_once(next_++);
        ++requests_;
        if (a.kind == ending::responded)
            responses_.add(a.status);
        else
            ++unanswered_;
        refused_ = refused_ || a.status == 503;
        if (!refused_)
            continue;
        next = std::max(next, clock::now() - std::chrono::seconds(1)) +
               std::chrono::microseconds(1'000'000 * workers / options_.rate);
        pause.expires_at(next);
        co_await pause.async_wait(asio::use_awaitable);
    }
}

asio::awaitable<response> flood::press_once(std::size_t n)
{
    request page;
    page.server = options_.site;
    request button = page;
    button.method = "POST";
    button.target = "/login";
    response a;
    try {
        const auto own = co_await connect(options_.site, source_address(network::flood, n), nullptr, patience);
        if (options_.page_first) {
            a = co_await own->exchange(page, patience);
            cookie_jar cookies;
            for (const auto& each : a.cookies)
                cookies.take(each);
            button.cookies = cookies.header();
        }
        a = co_await own->exchange(button, patience);
    } catch (const boost::system::system_error&) {
        a.kind = ending::refused;
    }
    co_return a;
}

bool flood::goes_on(const source& s) const
{
    return clock::now() - begun_ < options_.lasts || (!s.refused && s.let_in < no_limit);
}

boost::json::object flood::json() const
{
    boost::json::object all;
    all["requests"] = requests_;
    all["responses"] = responses_.json();
    all["unanswered"] = unanswered_;
    all["took_ms"] = std::chrono::round<std::chrono::milliseconds>(clock::now() - begun_).count();
    return all;
}

} // namespace login_load
