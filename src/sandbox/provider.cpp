#include "sandbox/engine.hpp"
#include "sandbox/temporary_folder.hpp"
#include "sandbox/throwaway_ca.hpp"
#include "sandbox/tools/control.hpp"

#include <coauth/sandbox/provider.hpp>
#include <coauth/system_failure.hpp>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <cerrno>
#include <fstream>
#include <mutex>
#include <utility>

namespace coauth::sandbox {

namespace asio = boost::asio;

namespace {

std::chrono::sys_seconds machine_now()
{
    return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

// The engine behind its lock. Connections share it, so it outlives the provider if they do.
class guarded_engine {
public:
    explicit guarded_engine(const options& o) : engine_(o, &openssl_random), log_(o.log) {}

    outcome handle(const server::request& r)
    {
        outcome result;
        {
            const std::lock_guard hold(mutex_);
            result = engine_.handle(r, machine_now());
        }
        if (log_) {
            // Apart from the engine's lock: the log may ask the provider something.
            const std::lock_guard one_at_a_time(log_mutex_);
            try {
                log_(result.log_line);
            } catch (...) {
                // The request has been carried out, so its client gets the response.
            }
        }
        return result;
    }

    template <class Action>
    auto locked(Action action)
    {
        const std::lock_guard hold(mutex_);
        return action(engine_);
    }

private:
    std::mutex mutex_;
    engine engine_;
    std::mutex log_mutex_;
    std::function<void(std::string_view)> log_;
};

asio::awaitable<server::response> serve(std::shared_ptr<guarded_engine> guarded, server::request r)
{
    auto result = guarded->handle(r);
    if (result.delay.count() > 0) {
        auto executor = co_await asio::this_coro::executor;
        asio::steady_timer timer(executor, result.delay);
        co_await timer.async_wait(asio::use_awaitable);
    }
    co_return std::move(result.response);
}

asio::awaitable<server::response> serve_control(std::shared_ptr<const control_actions> actions, server::request r)
{
    co_return handle_control(r, *actions);
}

control_actions actions_on(std::shared_ptr<guarded_engine> guarded)
{
    control_actions actions;
    actions.journal = [guarded] { return guarded->locked([](engine& e) { return e.seen().requests(); }); };
    actions.counters = [guarded] { return guarded->locked([](engine& e) { return e.seen().counters(); }); };
    actions.reset = [guarded] { guarded->locked([](engine& e) { e.reset(); }); };
    actions.set_clock_skew = [guarded](std::chrono::seconds skew) {
        guarded->locked([&](engine& e) { e.set_clock_skew(skew); });
    };
    actions.set_faults = [guarded](std::string_view json) { guarded->locked([&](engine& e) { e.set_faults(json); }); };
    actions.rotate_keys = [guarded] { guarded->locked([](engine& e) { e.rotate_keys(); }); };
    actions.expire_tokens = [guarded](std::string_view user) {
        return guarded->locked([&](engine& e) { return e.expire_tokens(user, machine_now()); });
    };
    return actions;
}

// Any client may sign in as any user, so other machines are served only where that was asked for.
asio::ip::address checked_address(const options& o)
{
    boost::system::error_code failure;
    const auto parsed = asio::ip::make_address(o.address, failure);
    if (failure)
        throw error(errc::invalid_argument, "the sandbox can't listen on \"" + o.address + "\": not an IP address")
            .with_hint("write an address, such as 127.0.0.1 or ::1; a name is not looked up");
    if (!parsed.is_loopback() && !o.expose)
        throw error(errc::invalid_argument, "the sandbox listens on loopback addresses only, such as 127.0.0.1 or ::1")
            .with_hint("every visitor can sign in as any user; in a container, allow that with --expose");
    return parsed;
}

// What a client on this machine calls `address`.
std::string reachable_url(const asio::ip::address& address, std::uint16_t port)
{
    auto host = address;
    if (address.is_unspecified())
        host = address.is_v4() ? asio::ip::address(asio::ip::address_v4::loopback())
                               : asio::ip::address(asio::ip::address_v6::loopback());
    const auto text = host.to_string();
    return "https://" + (host.is_v6() ? '[' + text + ']' : text) + ':' + std::to_string(port);
}

} // namespace

class provider::state {
public:
    state(asio::any_io_executor new_executor, const options& o)
        : executor(std::move(new_executor)), guarded(std::make_shared<guarded_engine>(o)),
          app(o.consumer_key, secret(std::string_view(o.consumer_secret))), client_id(o.client_id),
          client_secret(std::string_view(o.client_secret)), public_client_id(o.public_client_id)
    {
        const auto address = checked_address(o);
        server::server_options api;
        api.address = o.address;
        api.port = o.port;
        api.tls = o.tls ? *o.tls : make_identity(o, address);
        // A batch job may open many; a benchmark opens more.
        api.max_connections = 8192;
        api_server = std::make_unique<server::http_server>(
            executor, std::move(api), [guarded = guarded](server::request r) { return serve(guarded, std::move(r)); });
        url = reachable_url(address, api_server->port());

        server::server_options control;
        auto actions = std::make_shared<const control_actions>(actions_on(guarded));
        control_server = std::make_unique<server::http_server>(executor, std::move(control),
            [actions](server::request r) { return serve_control(actions, std::move(r)); });
        guarded->locked([&](engine& e) { e.set_control_url(control_server->url()); });
    }

    asio::any_io_executor executor;
    std::shared_ptr<guarded_engine> guarded;
    oauth1::consumer app;
    std::string client_id;
    secret client_secret;
    std::string public_client_id;
    std::optional<temporary_folder> folder;
    std::string ca_file;
    std::string url;
    std::unique_ptr<server::http_server> api_server;
    std::unique_ptr<server::http_server> control_server;

private:
    error not_written(const boost::system::error_code& reason) const
    {
        std::string hint(shortage_hint(reason));
        if (hint.empty())
            hint = "check that its folder exists and may be written to, and that the disk is not full";
        return error(errc::invalid_argument,
            "the CA's certificate can't be written to " + ca_file + (reason ? ": " + reason.message() : std::string()))
            .with_hint(std::move(hint));
    }

    server::tls_identity make_identity(const options& o, const asio::ip::address& address)
    {
        auto names = o.tls_names;
        // A link-local address is in a certificate without its interface.
        if (!address.is_unspecified())
            names.push_back(o.address.substr(0, o.address.find('%')));
        auto made = make_throwaway_certificates(names, std::chrono::system_clock::now());
        ca_file = o.ca_out;
        if (ca_file.empty()) {
            folder.emplace("coauth-sandbox");
            ca_file = folder->path() + "/ca.pem";
        }
        errno = 0;
        std::ofstream out(ca_file, std::ios::binary | std::ios::trunc);
        out << made.ca;
        out.close();
        if (!out)
            throw not_written({errno, boost::system::system_category()});
        return std::move(made.server);
    }
};

provider::provider(asio::any_io_executor executor, sandbox::options o)
    : state_(typed_failures("starting the sandbox", [&] { return std::make_shared<state>(std::move(executor), o); }))
{}

provider::~provider() = default;

asio::any_io_executor provider::get_executor() const noexcept
{
    return state_->executor;
}

std::string provider::url() const
{
    return state_->url;
}

std::string provider::control_url() const
{
    return state_->control_server->url();
}

std::string provider::ca_file() const
{
    return state_->ca_file;
}

oauth1::consumer provider::consumer() const
{
    return state_->app;
}

provider_bases provider::bases() const
{
    const auto& base = state_->url;
    provider_bases out;
    out.x_api = base;
    out.x_authorize = base;
    out.google_issuer = base + "/google";
    out.github_login = base + "/github";
    out.github_api = base + "/github/api";
    out.facebook_dialog = base + "/facebook";
    out.facebook_graph = base + "/facebook/graph";
    out.oidc_issuer = base + "/oidc";
    return out;
}

std::string provider::client_id() const
{
    return state_->client_id;
}

secret provider::client_secret() const
{
    return state_->client_secret;
}

std::string provider::public_client_id() const
{
    return state_->public_client_id;
}

std::size_t provider::expire_tokens(std::string_view user)
{
    return state_->guarded->locked([&](engine& e) { return e.expire_tokens(user, machine_now()); });
}

void provider::rotate_keys()
{
    state_->guarded->locked([](engine& e) { e.rotate_keys(); });
}

oauth1::access_token provider::issue_access_token(std::string_view username)
{
    return state_->guarded->locked([&](engine& e) { return e.issue_access_token(username); });
}

std::string provider::journal() const
{
    return state_->guarded->locked([](engine& e) { return e.seen().requests(); });
}

std::string provider::counters() const
{
    return state_->guarded->locked([](engine& e) { return e.seen().counters(); });
}

void provider::reset()
{
    state_->guarded->locked([](engine& e) { e.reset(); });
}

void provider::set_clock_skew(std::chrono::seconds skew)
{
    state_->guarded->locked([&](engine& e) { e.set_clock_skew(skew); });
}

void provider::set_faults(std::string_view json)
{
    state_->guarded->locked([&](engine& e) { e.set_faults(json); });
}

asio::awaitable<void> provider::close()
{
    const auto keep = state_;
    co_await keep->api_server->close();
    co_await keep->control_server->close();
}

} // namespace coauth::sandbox
