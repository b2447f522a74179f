#include "api/caller.hpp"

#include "api/provider_words.hpp"
#include "coro/checked_clock.hpp"
#include "coro/user_class.hpp"
#include "crypto/random.hpp"

#include <coauth/version.hpp>

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/this_coro.hpp>

#include <cstddef>
#include <cstdint>
#include <exception>
#include <string_view>
#include <type_traits>
#include <utility>

namespace coauth::api {

namespace asio = boost::asio;

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

error clock_error(const error& refused, std::chrono::seconds difference)
{
    error e = error(errc::clock_skew)
                  .with_provider(refused.provider_code(), refused.provider_message())
                  .with_provider_error(refused.provider_error())
                  .with_hint(describe_difference(difference) + ", more than coauth corrects; set it");
    return refused.http_status() ? e.with_http_status(*refused.http_status()) : e;
}

// A request with its credential, which the transport may renew: that holds neither the caller nor its transport, which owns
// the request.
class authorized_request {
public:
    authorized_request(std::shared_ptr<const call> request, std::shared_ptr<provider_clock> clock)
        : call_(std::move(request)), clock_(std::move(clock))
    {}
    authorized_request(const authorized_request&) = delete;
    authorized_request& operator=(const authorized_request&) = delete;
    ~authorized_request() { wipe(header_); }

    /// The value of the Authorization header, so far ahead of the machine's clock. Empty without a credential.
    const std::string& header(std::chrono::seconds ahead)
    {
        ahead_ = ahead;
        header_.clear();
        if (!call_->credential)
            return header_;
        header_.reserve(usual_header);
        call_->credential->append_header(call_->request, clock_->machine_now() + ahead_, header_);
        return header_;
    }

    void renew(http::request& request) { request.headers.set("Authorization", header(ahead_)); }

    std::vector<secret> hidden() const
    {
        std::vector<secret> out = call_->hidden;
        if (!call_->credential)
            return out;
        for (secret& each : call_->credential->hidden(header_))
            out.push_back(std::move(each));
        return out;
    }

private:
    static constexpr std::size_t usual_header = 512;

    const std::shared_ptr<const call> call_;
    const std::shared_ptr<provider_clock> clock_;
    std::chrono::seconds ahead_{0};
    std::string header_; // of the latest sending, which the transport may have renewed
};

// One call in progress: what was sent so far, and when.
class progress {
public:
    progress(std::shared_ptr<const caller> app, std::shared_ptr<const call> request)
        : app_(std::move(app)), call_(std::move(request)), clock_(app_->clock()),
          started_(clock_->machine().steady_now()), authorized_(std::make_shared<authorized_request>(call_, clock_))
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
        const http::request& given = call_->request;
        http::request wire;
        wire.origin = given.origin;
        wire.method = given.method;
        wire.target = given.target;
        wire.body = given.body;
        wire.deadline = given.deadline.count() == 0 ? app_->deadline() : given.deadline;
        put_headers(wire.headers);
        if (call_->credential && call_->repeatable)
            wire.renew = [authorized = authorized_](http::request& request) { authorized->renew(request); };
        return wire;
    }

    /// What the response means; keeps the provider's time if the corrected request was not refused for it again.
    next_step judge(outcome& result)
    {
        const bool refused = !is_success(result.response);
        next_step next(next_step::kind::fail);
        if (refused) {
            so_far_.elapsed = std::chrono::duration_cast<milliseconds>(clock_->machine().steady_now() - started_);
            const auto difference = clock_difference(result.response.headers, clock_->machine_now());
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
    void put_headers(http::fields& out) const
    {
        constexpr std::size_t usual_headers = 768;
        out.reserve(usual_headers);
        const std::string& authorization = authorized_->header(so_far_.signed_ahead);
        if (!authorization.empty())
            out.add("Authorization", authorization);
        for (const auto& [name, value] : call_->request.headers)
            if (!http::same_field_name(name, "Accept-Encoding") &&
                (authorization.empty() || !http::same_field_name(name, "Authorization")))
                out.add(name, value);
        if (out.count("Accept") == 0)
            out.add("Accept", call_->accept);
        out.add("Accept-Encoding", "identity");
        if (out.count("User-Agent") == 0)
            out.add("User-Agent", app_->user_agent());
    }

    error read(const http::response& response) const
    {
        const std::vector<secret> hidden = authorized_->hidden();
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
    std::shared_ptr<authorized_request> authorized_;
    attempts so_far_;
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

// One coroutine for both: an outcome as it is, or the response of one that was not refused.
template <class Result>
asio::awaitable<Result> send(std::shared_ptr<const caller> app, std::shared_ptr<const call> request)
{
    progress state(app, std::move(request));
    for (;;) {
        http::request wire = state.next_request();
        outcome result;
        std::exception_ptr thrown;
        try {
            result.response = co_await app->transport().send(std::move(wire));
        } catch (...) {
            thrown = std::current_exception();
        }
        if (thrown) {
            const asio::cancellation_state cancellation = co_await asio::this_coro::cancellation_state;
            const bool cancelled = cancellation.cancelled() != asio::cancellation_type::none;
            throw error_of_user_class(std::exchange(thrown, nullptr), cancelled, errc::provider_error, "the transport");
        }
        require_plain_body(result.response);
        const next_step next = state.judge(result);
        if (next.action == next_step::kind::fail || next.action == next_step::kind::fail_for_clock) {
            if constexpr (std::is_same_v<Result, outcome>)
                co_return std::move(result);
            else if (result.refused)
                throw *result.refused;
            else
                co_return std::move(result.response);
        }
        if (next.action == next_step::kind::wait)
            co_await app->clock()->machine().sleep_for(next.wait);
    }
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
    return send<outcome>(std::move(app), std::move(request));
}

boost::asio::awaitable<http::response> perform(std::shared_ptr<const caller> app, std::shared_ptr<const call> request)
{
    return send<http::response>(std::move(app), std::move(request));
}

} // namespace coauth::api
