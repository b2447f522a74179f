#include "server/callback_page.hpp"
#include "server/loopback_url.hpp"
#include "server/quietly.hpp"

#include <coauth/coro/as_result.hpp>
#include <coauth/coro/call_on.hpp>
#include <coauth/server/callback_listener.hpp>
#include <coauth/server/prefetch.hpp>
#include <coauth/system_failure.hpp>

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <optional>

namespace coauth::server {

namespace asio = boost::asio;

namespace {

// How long a browser may take to read the page of its callback.
constexpr std::chrono::seconds page_grace(5);

} // namespace

// Used on its strand; the connections of the server use call_on.
class callback_listener::state {
public:
    state(asio::any_io_executor executor, loopback_url url)
        : strand(asio::make_strand(std::move(executor))), url(std::move(url)),
          changed_(strand, asio::steady_timer::time_point::max())
    {}

    const asio::any_io_executor strand;
    const loopback_url url;

    static asio::awaitable<response> answer(std::shared_ptr<state> self, request request)
    {
        if (request.path() != self->url.path)
            co_return callback_page(callback_outcome::elsewhere);
        if (request.method != "GET" && request.method != "HEAD")
            co_return callback_page(callback_outcome::wrong_method);
        if (is_prefetch(request))
            co_return refuse_prefetch();
        // A HEAD consumes nothing.
        if (request.method == "HEAD")
            co_return callback_page(callback_outcome::done);
        std::string query(request.query());
        const callback_outcome outcome = co_await call_on(self->strand, outcome_of(self, std::move(query)));
        co_return callback_page(outcome);
    }

    static asio::awaitable<std::string> wait(std::shared_ptr<state> self, std::function<bool(std::string_view)> accept)
    {
        if (self->accept_ || !accept)
            throw error(errc::invalid_argument, "callback_listener::wait needs a condition and may be called once");
        self->accept_ = std::move(accept);
        self->changed_.cancel();
        try {
            while (!self->query_ && !self->closed_)
                co_await self->changed_.async_wait(quietly);
        } catch (...) {
            self->close();
            throw;
        }
        if (!self->query_)
            throw error(errc::cancelled, "the callback listener was destroyed");
        co_return *self->query_;
    }

    void close()
    {
        closed_ = true;
        changed_.cancel();
    }

private:
    static asio::awaitable<callback_outcome> outcome_of(std::shared_ptr<state> self, std::string query)
    {
        // The callback may come before the app waits for it.
        while (!self->accept_ && !self->closed_)
            co_await self->changed_.async_wait(quietly);
        if (self->query_ || self->closed_)
            co_return callback_outcome::gone;
        const bool accepted = self->accept_(query);
        if (!accepted)
            co_return callback_outcome::refused;
        self->query_ = std::move(query);
        self->changed_.cancel();
        co_return callback_outcome::done;
    }

    asio::steady_timer changed_; // never expires; cancelled when something below has changed
    std::function<bool(std::string_view)> accept_;
    std::optional<std::string> query_;
    bool closed_ = false;
};

callback_listener::callback_listener(asio::any_io_executor executor, std::string_view url)
{
    loopback_url parsed = parse_loopback_url(url).value();
    server_options options;
    options.address = parsed.address;
    options.port = parsed.port;
    options.max_body = 0;
    options.max_connections = 32;
    options.idle_timeout = std::chrono::seconds(10);
    state_ = typed_failures(
        "starting the callback listener", [&] { return std::make_shared<state>(executor, std::move(parsed)); });
    server_ = std::make_shared<http_server>(executor, std::move(options),
        [state = state_](request request) { return state::answer(state, std::move(request)); });
}

callback_listener::~callback_listener()
{
    asio::post(state_->strand, [state = state_] { state->close(); });
}

std::string callback_listener::url() const
{
    return state_->url.with_port(server_->port());
}

asio::awaitable<std::string> callback_listener::wait(std::function<bool(std::string_view query)> accept)
{
    // This object may be destroyed during the wait.
    const std::shared_ptr<state> waiting = state_;
    const std::shared_ptr<http_server> server = server_;
    try {
        std::string query = co_await call_on(waiting->strand, state::wait(waiting, std::move(accept)));
        // Closing sends the page.
        co_await server->close(page_grace);
        co_return query;
    } catch (const boost::system::system_error&) {
        throw error_from_current_exception();
    }
}

} // namespace coauth::server
