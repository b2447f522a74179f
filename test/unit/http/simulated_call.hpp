// A request in simulated time, without a socket.
#pragma once

#include "http/call_machine.hpp"

#include <boost/asio/error.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace coauth::testing {

using http::call_machine;
using namespace std::chrono_literals;
using call_action = call_machine::action;

/// How a request goes if nothing interrupts it.
struct call_scene {
    call_scene() = default;

    const char* name = "";
    const char* method = "GET";
    bool https = true;
    bool proxy = false;
    bool kept_alive = false;            ///< The slot has a connection,
    bool stale = false;                 ///< which is lost at the first read.
    std::size_t refusing_addresses = 0; ///< Before one that accepts.
    int reads = 2;
};

inline std::vector<call_scene> call_scenes()
{
    std::vector<call_scene> scenes;
    const auto add = [&scenes](const char* name, const std::function<void(call_scene&)>& change) {
        change(scenes.emplace_back());
        scenes.back().name = name;
    };
    add("kept alive", [](auto& s) { s.kept_alive = true; });
    add("new, plain http", [](auto& s) { s.https = false; });
    add("new, TLS", [](auto&) {});
    add("new, through a proxy", [](auto& s) { s.proxy = true; });
    add("new, the third address", [](auto& s) { s.refusing_addresses = 2; });
    add("stale", [](auto& s) { s.kept_alive = s.stale = true; });
    add("stale, the second address", [](auto& s) { s.kept_alive = s.stale = true, s.refusing_addresses = 1; });
    add("stale POST", [](auto& s) { s.kept_alive = s.stale = true, s.method = "POST"; });
    add("POST", [](auto& s) { s.method = "POST"; });
    return scenes;
}

/// What happens while an action is carried out.
enum class interference { none, fail, time_out, cancel, cancel_twice, cancel_and_time_out, time_out_and_cancel };

inline bool cancels(interference event)
{
    return event >= interference::cancel;
}

/// Carries out what a machine decides; each action takes `duration`, or ends at its deadline.
class simulated_call {
public:
    explicit simulated_call(const call_scene& scene, std::chrono::milliseconds duration = 1ms)
        : scene_(scene), duration_(duration)
    {
        request_.method = scene.method;
        request_.origin.https = scene.https;
        request_.origin.host = scene.https ? "api.example" : "localhost";
        if (scene.proxy)
            proxy_.emplace().host = "proxy.example";
        machine.emplace(options, proxy_, request_, now);
    }

    /// `event` happens during the action number `step`. `completes`: the action succeeds all the same, for its end was
    /// in the queue already.
    void run(std::size_t step = 0, interference event = interference::none, bool completes = false)
    {
        for (std::size_t i = 0; machine->next() != call_action::end; ++i) {
            REQUIRE(i < 50);
            actions.push_back(machine->next());
            perform(i == step ? event : interference::none, completes);
        }
        CHECK_FALSE(machine->cancel()); // changes nothing any more
        CHECK_FALSE(machine->time_out(now + 1h));
    }

    std::size_t count(call_action counted) const
    {
        return static_cast<std::size_t>(std::count(actions.begin(), actions.end(), counted));
    }

    std::string result() const
    {
        return machine->failure() ? std::string(name(machine->failure()->reason())) : "response";
    }
    bool kept() const { return machine->proof().has_value(); }

    http::pool_options options;
    call_machine::time_point now{1h};
    std::vector<call_action> actions;
    std::optional<call_machine> machine;

private:
    void perform(interference event, bool completes)
    {
        const auto begun_at = now;
        bool interrupted = false;
        const bool timed_first = event == interference::time_out || event == interference::time_out_and_cancel;
        if (now + duration_ >= machine->deadline() || timed_first) {
            CHECK_FALSE(machine->time_out(machine->deadline() - 1ms)); // early
            now = machine->deadline();
            interrupted = machine->time_out(now);
            CHECK(interrupted);
        } else {
            now += duration_;
        }
        if (cancels(event)) {
            const bool first = machine->cancel();
            CHECK(first == !interrupted);
            interrupted = true;
        }
        if (event == interference::cancel_twice)
            CHECK_FALSE(machine->cancel());
        if (event == interference::cancel_and_time_out)
            CHECK_FALSE(machine->time_out(begun_at + 1h));
        complete(event == interference::fail || (interrupted && !completes));
    }

    void complete(bool fails)
    {
        const bool stale = scene_.stale && machine->reuses_connection();
        switch (machine->next()) {
        case call_action::connect:
            return connect(fails);
        case call_action::read:
            return read(fails || stale);
        case call_action::renew:
            return machine->renewed(now);
        default:
            break;
        }
        if (fails)
            return machine->failed(error(errc::connection_lost, "closed"), begun_);
        switch (machine->next()) {
        case call_action::acquire:
            return machine->acquired(scene_.kept_alive, now);
        case call_action::resolve:
            return machine->resolved(scene_.refusing_addresses + 1, now);
        case call_action::open_tunnel:
            return machine->tunnel_opened();
        case call_action::handshake:
            return machine->secured(now);
        default:
            return machine->written();
        }
    }

    void connect(bool fails)
    {
        namespace asio_error = boost::asio::error;
        const bool refused = machine->address() < scene_.refusing_addresses;
        machine->connected(fails     ? make_error_code(asio_error::operation_aborted)
                           : refused ? make_error_code(asio_error::connection_refused)
                                     : boost::system::error_code(),
            now);
    }

    void read(bool fails)
    {
        if (fails)
            return machine->failed(error(errc::connection_lost, "closed"), begun_);
        begun_ = true;
        if (++reads_ < scene_.reads)
            return machine->received();
        http::exchange_end end;
        end.whole = end.peer_keeps = true;
        end.status = 200;
        end.bytes_left = end.tls_bytes_left = end.interrupted = false;
        machine->response_read(end);
    }

    const call_scene scene_;
    const std::chrono::milliseconds duration_;
    http::request request_;
    std::optional<http::origin> proxy_;
    int reads_ = 0;
    bool begun_ = false;
};

} // namespace coauth::testing
