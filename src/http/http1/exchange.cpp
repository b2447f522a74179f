#include "http/http1/exchange.hpp"

#include "http/watchdog.hpp"

#include <coauth/coro/as_result.hpp>
#include <coauth/error.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/ssl/error.hpp>

namespace coauth::http {

namespace asio = boost::asio;

asio::awaitable<void> exchange::write_and_read(std::string request)
{
    auto [write_failed, written] = co_await line_.write(asio::buffer(request));
    if (write_failed)
        throw error(
            errc::connection_lost, "the connection broke while the request was sent: " + write_failed.message());

    while (!reader_.done()) {
        const auto space = reader_.space();
        auto [failed, size] = co_await line_.read_some(space);
        reader_.received(size);
        if (failed == asio::error::eof)
            reader_.ended(true);
        else if (failed == asio::ssl::error::stream_truncated)
            reader_.ended(false);
        else if (failed)
            throw error(errc::connection_lost, "the connection broke before the answer was whole: " + failed.message());
    }
}

asio::awaitable<response> exchange::run(std::string request, limit until, watchdog& dog)
{
    dog.watch(line_, until.at());
    auto end_reached = co_await as_result(write_and_read(std::move(request)));
    dog.call_off();
    if (!end_reached) {
        // A barking dog breaks the connection, so its reason comes first.
        if (dog.barked())
            throw until.exceeded("the exchange");
        throw end_reached.error();
    }

    exchange_end end;
    end.whole = reader_.done();
    end.peer_keeps = reader_.keeps_alive();
    end.bytes_left = reader_.bytes_left();
    end.tls_bytes_left = line_.tls_bytes_left();
    end.interrupted = dog.barked() || !line_.is_open();
    auto answer = reader_.take();
    end.status = answer.status;
    proof_ = prove(end);
    co_return answer;
}

} // namespace coauth::http
