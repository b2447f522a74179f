#include "login_crowd/flood.hpp"

#include "login_crowd/connection.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>

namespace login_crowd {

namespace asio = boost::asio;

namespace {

constexpr std::chrono::seconds patience(10);
constexpr std::chrono::milliseconds before_another_connection(10);

} // namespace

asio::awaitable<void> flood::press(std::size_t n)
{
    auto executor = co_await asio::this_coro::executor;
    asio::steady_timer pause(executor);
    std::unique_ptr<connection> own;
    request button;
    button.method = "POST";
    button.where = options_.site;
    button.target = "/login";
    while (clock::now() - begun_ < options_.lasts) {
        answer a;
        ++requests_;
        try {
            if (!own || !own->usable())
                own = co_await connect(options_.site, source_address(network::flood, n), nullptr, patience);
            a = co_await own->exchange(button, patience);
        } catch (const boost::system::system_error&) {
            own.reset();
            a.how = ending::refused;
        }
        if (a.how == ending::answered) {
            answers_.add(a.status);
            continue;
        }
        ++unanswered_;
        pause.expires_after(before_another_connection);
        co_await pause.async_wait(asio::use_awaitable);
    }
}

boost::json::object flood::json() const
{
    boost::json::object all;
    all["requests"] = requests_;
    all["answers"] = answers_.json();
    all["unanswered"] = unanswered_;
    all["took_ms"] = std::chrono::round<std::chrono::milliseconds>(clock::now() - begun_).count();
    return all;
}

} // namespace login_crowd
