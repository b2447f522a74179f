#include "unit/http/simulated_call.hpp"

#include <string>
#include <utility>
#include <vector>

using namespace coauth;
using namespace coauth::testing;
using namespace std::chrono_literals;

namespace {

std::vector<call_action> actions_of(const call_scene& scene)
{
    simulated_call call(scene);
    call.run();
    return call.actions;
}

bool is_last_read(const std::vector<call_action>& actions, std::size_t step, const call_scene& scene)
{
    return step + 1 == actions.size() && actions[step] == call_action::read && !(scene.stale && scene.method[0] == 'P');
}

} // namespace

TEST_CASE("call_machine: each request takes the actions that it needs, in order, and keeps its connection")
{
    using a = call_action;
    const std::vector<call_action> exchange = {a::write, a::read, a::read};
    const auto plus = [](std::vector<call_action> first, const std::vector<call_action>& then) {
        first.insert(first.end(), then.begin(), then.end());
        return first;
    };
    const auto lost = std::vector<call_action>{a::acquire, a::write, a::read};
    const std::vector<std::vector<call_action>> expected = {
        plus({a::acquire}, exchange),
        plus({a::acquire, a::resolve, a::connect}, exchange),
        plus({a::acquire, a::resolve, a::connect, a::handshake}, exchange),
        plus({a::acquire, a::resolve, a::connect, a::open_tunnel, a::handshake}, exchange),
        plus({a::acquire, a::resolve, a::connect, a::connect, a::connect, a::handshake}, exchange),
        plus(plus(lost, {a::renew, a::resolve, a::connect, a::handshake}), exchange),
        plus(plus(lost, {a::renew, a::resolve, a::connect, a::connect, a::handshake}), exchange),
        lost,
        plus({a::acquire, a::resolve, a::connect, a::handshake}, exchange),
    };
    const auto scenes = call_scenes();
    REQUIRE(scenes.size() == expected.size());
    for (std::size_t i = 0; i < scenes.size(); ++i) {
        CAPTURE(std::string(scenes[i].name));
        simulated_call call(scenes[i]);
        call.run();
        CHECK((call.actions == expected[i]));
        const bool lost_post = scenes[i].stale && scenes[i].method == std::string("POST");
        CHECK(call.result() == (lost_post ? "connection_lost" : "response"));
        CHECK(call.kept() == !lost_post);
    }
}

TEST_CASE("call_machine: a cancellation at any step, once or twice, ends the request there and keeps no connection")
{
    int tried = 0;
    for (const auto& scene : call_scenes()) {
        const auto actions = actions_of(scene);
        for (std::size_t step = 0; step < actions.size(); ++step)
            for (const auto event : {interference::cancel, interference::cancel_twice,
                     interference::cancel_and_time_out, interference::time_out_and_cancel})
                for (const bool completes : {false, true}) {
                    CAPTURE(std::string(scene.name));
                    CAPTURE(step);
                    CAPTURE(static_cast<int>(event));
                    CAPTURE(completes);
                    simulated_call call(scene);
                    call.run(step, event, completes);
                    CHECK(call.actions.size() == step + 1);
                    CHECK_FALSE(call.kept());
                    const bool whole = completes && is_last_read(actions, step, scene);
                    CHECK(call.result() == (whole ? "response" : "cancelled"));
                    ++tried;
                }
    }
    CHECK(tried > 400);
}

TEST_CASE("call_machine: a time-out at any step ends the request there and names the action and its limit")
{
    const auto words_of = [](call_action timed_out) -> std::pair<std::string, std::string> {
        switch (timed_out) {
        case call_action::acquire:
            return {"waiting for one of the connections to ", "total_timeout, 15000 ms"};
        case call_action::resolve:
            return {"looking up ", "connect_timeout, 5000 ms"};
        case call_action::connect:
            return {"connecting to ", "connect_timeout, 5000 ms"};
        case call_action::open_tunnel:
            return {"asking the proxy for a tunnel", "connect_timeout, 5000 ms"};
        case call_action::handshake:
            return {"the TLS handshake with api.example", "connect_timeout, 5000 ms"};
        default:
            return {"the exchange", "exchange_timeout, 10000 ms"};
        }
    };
    for (const auto& scene : call_scenes()) {
        const auto actions = actions_of(scene);
        for (std::size_t step = 0; step < actions.size(); ++step)
            for (const bool completes : {false, true}) {
                const bool has_next_address =
                    actions[step] == call_action::connect && actions[step + 1] == call_action::connect;
                if (actions[step] == call_action::renew || has_next_address)
                    continue; // takes no time; has a case of its own
                CAPTURE(std::string(scene.name));
                CAPTURE(step);
                CAPTURE(completes);
                simulated_call call(scene);
                call.run(step, interference::time_out, completes);
                CHECK(call.actions.size() == step + 1);
                CHECK_FALSE(call.kept());
                if (completes && is_last_read(actions, step, scene)) {
                    CHECK(call.result() == "response");
                    continue;
                }
                REQUIRE(call.result() == "timeout");
                const auto [words, limit] = words_of(actions[step]);
                CHECK(call.machine->failure()->message().starts_with(words));
                CHECK(call.machine->failure()->hint() == "the limit was " + limit);
                CHECK(call.machine->failure()->not_sent() == (call.count(call_action::write) == 0));
            }
    }
}

TEST_CASE("call_machine: an address that does not respond costs its share of the time, and the next one is tried")
{
    auto scene = call_scenes().at(4);
    REQUIRE(scene.refusing_addresses == 2);
    for (const std::size_t slow : {std::size_t(0), std::size_t(1)})
        for (const bool completes : {false, true}) { // its connection was closed, so it is not used all the same
            simulated_call call(scene);
            const auto start = call.now;
            call.run(2 + slow, interference::time_out, completes);
            CHECK(call.result() == "response");
            CHECK(call.count(call_action::connect) == 3);
            CHECK(call.kept());
            CHECK(call.now - start < 2'510ms); // 5 s for three, then what is left for two
        }
    scene.refusing_addresses = 3; // the last one is not reached in time
    simulated_call call(scene, 1'400ms);
    call.run();
    CHECK(call.result() == "timeout");
    CHECK(call.machine->failure()->message() == "connecting to api.example took too long");
    CHECK(call.now == call_machine::time_point(1h) + 1'400ms + 5s); // after the wait for a slot
}

TEST_CASE("call_machine: a failure at any step is reported, and only a GET on a stale connection is sent again")
{
    for (const auto& scene : call_scenes()) {
        const auto actions = actions_of(scene);
        for (std::size_t step = 0; step < actions.size(); ++step) {
            if (actions[step] == call_action::renew)
                continue;
            CAPTURE(std::string(scene.name));
            CAPTURE(step);
            simulated_call call(scene);
            call.run(step, interference::fail);
            const bool is_get = scene.method == std::string("GET");
            const bool on_kept_alive = scene.kept_alive &&
                                       (actions[step] == call_action::write || actions[step] == call_action::read) &&
                                       step <= 2; // before any octet of the response
            const bool next_address =
                actions[step] == call_action::connect && actions[step + 1] == call_action::connect;
            const bool goes_on = next_address || (is_get && on_kept_alive);
            CHECK(call.result() == (goes_on                                    ? "response"
                                       : actions[step] == call_action::connect ? "connect_failed"
                                                                               : "connection_lost"));
            CHECK(call.kept() == goes_on);
            if (!goes_on)
                CHECK(call.machine->failure()->not_sent() == (call.count(call_action::write) == 0));
            CHECK(call.count(call_action::write) <= (is_get ? 2U : 1U));
            CHECK(call.count(call_action::renew) <= 1U);
        }
    }
}

TEST_CASE("call_machine: however long each action takes, the request ends at its limits")
{
    for (const auto& scene : call_scenes())
        for (const auto duration :
            {0ms, 1ms, 700ms, 2'499ms, 2'500ms, 4'999ms, 5'000ms, 7'000ms, 14'999ms, 15'000ms, 60'000ms}) {
            CAPTURE(std::string(scene.name));
            CAPTURE(duration.count());
            simulated_call call(scene, duration);
            const auto start = call.now;
            call.run();
            CHECK(call.now - start <= 15s);
            CHECK((call.kept() == (call.result() == "response")));
        }
}

TEST_CASE("call_machine: a host without an address is a failure to connect")
{
    const http::pool_options options;
    const std::optional<http::origin> no_proxy;
    http::request request;
    request.origin.host = "api.example";
    const call_machine::time_point now(1h);
    call_machine machine(options, no_proxy, request, now);
    machine.acquired(false, now);
    machine.resolved(0, now);
    REQUIRE(machine.failure().has_value());
    CHECK(machine.failure()->reason() == errc::connect_failed);
}

TEST_CASE("call_machine: a proxy that can't be connected to is named as one, with where its address comes from")
{
    const http::pool_options options;
    http::request request;
    request.origin.host = "api.example";
    request.origin.https = true;
    http::origin proxy;
    proxy.host = "127.0.0.1";
    proxy.port = 1;
    const call_machine::time_point now(1h);
    for (const bool has_proxy : {true, false}) {
        const auto given = has_proxy ? std::optional(proxy) : std::nullopt;
        call_machine machine(options, given, request, now);
        machine.acquired(false, now);
        machine.resolved(1, now);
        machine.connected(make_error_code(boost::asio::error::connection_refused), now);
        REQUIRE(machine.failure().has_value());
        const std::string hop = has_proxy ? "the proxy 127.0.0.1:1" : "api.example";
        CHECK(machine.failure()->message() == "no connection to " + hop + ": Connection refused");
        CHECK((machine.failure()->hint()->find("COAUTH_PROXY") != std::string::npos) == has_proxy);
    }
}

TEST_CASE("call_machine: the deadline of the request is a limit of every action")
{
    const http::pool_options options;
    const std::optional<http::origin> no_proxy;
    http::request request;
    request.deadline = 300ms;
    const call_machine::time_point now(1h);
    call_machine machine(options, no_proxy, request, now);
    CHECK(machine.deadline() == now + 300ms);
    machine.acquired(false, now + 100ms);
    CHECK(machine.deadline() == now + 300ms);
    machine.resolved(2, now + 100ms);
    CHECK(machine.deadline() == now + 200ms); // the share of the first address
    machine.connected(boost::system::error_code(), now + 150ms);
    CHECK(machine.deadline() == now + 300ms);
    machine.secured(now + 200ms);
    CHECK(machine.deadline() == now + 300ms);
    CHECK_FALSE(machine.time_out(now + 299ms));
    CHECK(machine.time_out(now + 300ms));
    machine.failed(error(errc::connection_lost), false);
    REQUIRE(machine.failure().has_value());
    CHECK(machine.failure()->hint() == "the limit was the deadline of this request, 300 ms");
}
