#include "api/caller.hpp"

#include "api/provider_words.hpp"
#include "coro/checked_clock.hpp"
#include "coro/user_class.hpp"
#include "crypto/random.hpp"

#include <coauth/text/percent_encoding.hpp>
#include <coauth/version.hpp>

#include <cstdint>
#include <string_view>
#include <utility>

namespace coauth::api {

namespace {

using std::chrono::milliseconds;

// Spreads repeated requests of many clients.
double draw_chance()
{
    std::uint32_t bits = 0;
    crypto::fill_random(&bits, sizeof bits);
    return static_cast<double>(bits) / 4294967296.0;
}

bool is_success(const http::response& response)
{
    return response.status >= 200 && response.status <= 299;
}

void add_if_missing(http::fields& headers, const char* name, const std::string& value)
{
    if (headers.count(name) == 0)
        headers.add(name, value);
}

error clock_error(const error& refused, std::chrono::seconds difference)
{
    error e = error(errc::clock_skew)
                  .with_provider(refused.provider_code(), refused.provider_message())
                  .with_provider_error(refused.provider_error())
                  .with_hint(describe_difference(difference) + ", more than coauth corrects; set it");
    return refused.http_status() ? e.with_http_status(*refused.http_status()) : e;
}

// One call in progress: what was sent so far, and when.
class progress {
public:
    progress(std::shared_ptr<const caller> app, std::shared_ptr<const call> request)
        : app_(std::move(app)), call_(std::move(request)), clock_(app_->clock()),
          started_(clock_->machine().steady_now()), signature_(std::make_shared<secret>())
    {
        so_far_.at = call_->at;
        so_far_.repeatable = call_->repeatable;
        so_far_.may_mean_clock = app_->may_mean_clock();
        so_far_.sent = 0;
    }

    http::request next_request()
    {
        ++so_far_.sent;
        if (!so_far_.corrected)
            so_far_.signed_ahead = clock_->ahead();
        http::request wire = call_->request;
        wire.renew = nullptr;
        if (call_->authorize)
            authorize(wire);
        add_if_missing(wire.headers, "Accept", "*/*");
        wire.headers.set("Accept-Encoding", "identity");
        add_if_missing(wire.headers, "User-Agent", app_->user_agent());
        if (wire.deadline.count() == 0)
            wire.deadline = app_->deadline();
        return wire;
    }

    /// What the response means; keeps the provider's time if the corrected request was not refused for it again.
    next_step judge(outcome& result)
    {
        const bool refused = !is_success(result.response);
        const auto machine_now = clock_->machine_now();
        next_step next(next_step::kind::fail);
        if (refused) {
            so_far_.elapsed = std::chrono::duration_cast<milliseconds>(clock_->machine().steady_now() - started_);
            const auto difference = clock_difference(result.response.headers, machine_now);
            result.refused = read(result.response);
            next = decide(so_far_, *result.refused, difference, call_->retry_budget, draw_chance());
            if (next.action == next_step::kind::fail_for_clock)
                result.refused = clock_error(*result.refused, *difference);
            if (next.action == next_step::kind::correct_clock) {
                so_far_.corrected = true;
                so_far_.signed_ahead = next.ahead;
                return next;
            }
        }
        if (so_far_.corrected && !(refused && result.refused->reason() == errc::clock_skew))
            clock_->learn(so_far_.signed_ahead);
        return next;
    }

private:
    void authorize(http::request& wire) const
    {
        // Holds neither the caller nor its transport, which owns this request.
        auto sign = [request = call_, clock = clock_, ahead = so_far_.signed_ahead, signature = signature_](
                        http::request& unsigned_request) {
            *signature = request->authorize(unsigned_request, clock->machine_now() + ahead);
        };
        sign(wire);
        if (call_->repeatable)
            wire.renew = std::move(sign);
    }

    error read(const http::response& response) const
    {
        std::vector<secret> hidden = call_->hidden;
        // As it is, and as it was sent.
        hidden.push_back(*signature_);
        hidden.emplace_back(text::percent_encode(signature_->reveal()));
        circumstances when;
        when.at = call_->at;
        when.writes = !call_->repeatable;
        when.machine_now = clock_->machine_now();
        when.provider_now = clock_->now();
        when.hidden = hidden;
        return app_->read()(response, when);
    }

    std::shared_ptr<const caller> app_;
    std::shared_ptr<const call> call_;
    std::shared_ptr<provider_clock> clock_;
    std::chrono::steady_clock::time_point started_;
    attempts so_far_;
    std::shared_ptr<secret> signature_; ///< Of the latest sending, which the transport may have renewed.
};

// Requests ask for no encoding, so nothing here could undo one.
std::string_view encoding_of(const http::response& response)
{
    const std::string_view encoding = response.headers.get("Content-Encoding");
    return http::same_field_name(encoding, "identity") ? std::string_view() : encoding;
}

// A success that cannot be read is an error; a refusal still has its status.
void require_plain_body(http::response& response)
{
    const std::string_view encoding = encoding_of(response);
    if (encoding.empty() || response.body.empty())
        return;
    if (!is_success(response)) {
        response.body.clear();
        return;
    }
    throw error(
        errc::malformed_response, "the response has Content-Encoding " + shown(encoding) + ", which was not asked for")
        .with_http_status(response.status)
        .with_hint("something between here and the provider compresses responses; check the proxy");
}

// No coroutine: g++ 12 would destroy the lambda's captures twice.
boost::asio::awaitable<http::response> send(std::shared_ptr<const caller> app, http::request wire)
{
    return await_user_class(errc::provider_error, "the transport",
        [app = std::move(app), wire = std::move(wire)]() mutable { return app->transport().send(std::move(wire)); });
}

} // namespace

caller::caller(std::shared_ptr<http::transport> transport, caller_options options)
    : transport_(std::move(transport)), user_agent_(std::move(options.user_agent)), deadline_(options.deadline),
      read_(std::move(options.read)), may_mean_clock_(options.may_mean_clock)
{
    if (!transport_)
        throw error(errc::invalid_argument, "the client has no transport");
    if (user_agent_.empty())
        user_agent_ = "coauth/" COAUTH_VERSION_STRING;
    if (!read_)
        read_ = [](const http::response& response, const circumstances& when) {
            return read_by_status(response, when);
        };
    clock_ = std::make_shared<provider_clock>(options.clock ? checked_clock(std::move(options.clock)) : system_clock());
}

boost::asio::awaitable<outcome> exchange(std::shared_ptr<const caller> app, std::shared_ptr<const call> request)
{
    progress state(app, std::move(request));
    for (;;) {
        http::request wire = state.next_request();
        outcome result;
        result.response = co_await send(app, std::move(wire));
        require_plain_body(result.response);
        const next_step next = state.judge(result);
        if (next.action == next_step::kind::fail || next.action == next_step::kind::fail_for_clock)
            co_return result;
        if (next.action == next_step::kind::wait)
            co_await app->clock()->machine().sleep_for(next.wait);
    }
}

boost::asio::awaitable<http::response> perform(std::shared_ptr<const caller> app, std::shared_ptr<const call> request)
{
    outcome result = co_await exchange(std::move(app), std::move(request));
    if (result.refused)
        throw *result.refused;
    co_return std::move(result.response);
}

} // namespace coauth::api
