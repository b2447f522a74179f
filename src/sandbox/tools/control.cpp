#include "sandbox/tools/control.hpp"

#include "sandbox/strict_json.hpp"
#include "sandbox/x/error_bodies.hpp"

#include <coauth/error.hpp>
#include <coauth/oauth1/target.hpp>

#include <boost/json/object.hpp>

namespace coauth::sandbox {

namespace json = boost::json;

namespace {

constexpr std::chrono::seconds ten_years{10L * 365 * 24 * 3600};

server::response said(int status, std::string_view name, json::value value)
{
    json::object body;
    body[json::string_view(name.data(), name.size())] = std::move(value);
    return json_response(status, body);
}

server::response done()
{
    return said(200, "ok", true);
}

server::response set_clock(const server::request& r, const control_actions& actions)
{
    const auto value = parse_json(r.body, "the body");
    const json_object o(value, "the body");
    o.allow_only({"skew"});
    if (!o.has("skew"))
        o.refuse("skew", "is missing: seconds that the sandbox's clock is ahead");
    actions.set_clock_skew(std::chrono::seconds(o.number("skew", 0, -ten_years.count(), ten_years.count())));
    return done();
}

server::response expire_tokens(const server::request& r, const control_actions& actions)
{
    const auto value = parse_json(r.body, "the body");
    const json_object o(value, "the body");
    o.allow_only({"user"});
    const auto* user = o.find("user");
    const auto count = actions.expire_tokens(
        user && !user->is_string() ? std::to_string(json_id(*user, "the body's user")) : o.text("user"));
    json::object body;
    body["ok"] = true;
    body["expired"] = count;
    return json_response(200, body);
}

// Any page may send simple requests to a loopback port; its browser says so.
bool is_foreign(const server::request& r)
{
    const auto site = r.headers.get("Sec-Fetch-Site");
    if (!site.empty())
        return site != "same-origin" && site != "none";
    return r.method != "GET" && !r.headers.get("Origin").empty();
}

// A page whose own name resolves to this machine would count as the same site.
bool is_named_as_loopback(const server::request& r)
{
    const auto host = r.headers.get("Host");
    const auto bracket = host.rfind(']');
    const auto colon = host.find(':', bracket == host.npos ? 0 : bracket);
    return host.empty() || oauth1::is_loopback_host(host.substr(0, colon));
}

} // namespace

server::response handle_control(const server::request& r, const control_actions& actions)
{
    const auto path = r.path();
    const bool reads = path == "/journal" || path == "/counters";
    const bool writes =
        path == "/reset" || path == "/clock" || path == "/faults" || path == "/keys/rotate" || path == "/tokens/expire";
    if (!reads && !writes)
        return said(404, "error",
            "GET /journal, GET /counters, POST /reset, POST /clock {\"skew\":S}, POST /faults [...], POST "
            "/keys/rotate, "
            "POST /tokens/expire {\"user\":NAME_OR_ID}");
    if (r.method != (reads ? "GET" : "POST")) {
        auto response = said(405, "error", reads ? "use GET for this path" : "use POST for this path");
        response.headers.set("Allow", reads ? "GET" : "POST");
        return response;
    }
    if (is_foreign(r))
        return said(403, "error", "the control port is not for other sites");
    if (!is_named_as_loopback(r))
        return said(403, "error", "the control port is for this machine only: call it 127.0.0.1 or localhost");
    try {
        if (path == "/journal")
            return server::response(200, "application/json; charset=utf-8", actions.journal());
        if (path == "/counters")
            return server::response(200, "application/json; charset=utf-8", actions.counters());
        if (path == "/clock")
            return set_clock(r, actions);
        if (path == "/tokens/expire")
            return expire_tokens(r, actions);
        if (path == "/keys/rotate")
            actions.rotate_keys();
        else if (path == "/faults")
            actions.set_faults(r.body);
        else
            actions.reset();
        return done();
    } catch (const error& e) {
        return said(400, "error", e.what());
    }
}

} // namespace coauth::sandbox
