#include "login_crowd/flood.hpp"

#include "login_crowd/connection.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace login_crowd {

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
    button.where = options_.site;
    button.target = "/login";
    source& own_address = sources_.at(n);
    while (goes_on(own_address)) {
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
            own_address.let_in += a.status == 303 ? 1 : 0;
            own_address.refused = own_address.refused || a.status == 429;
            continue;
        }
        ++unanswered_;
        pause.expires_after(before_another_connection);
        co_await pause.async_wait(asio::use_awaitable);
    }
}

bool flood::goes_on(const source& s) const
{
    return clock::now() - begun_ < options_.lasts || (!s.refused && s.let_in < no_limit);
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
