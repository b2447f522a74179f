#include "twitter/caller.hpp"

#include "coro/checked_clock.hpp"
#include "coro/user_class.hpp"
#include "twitter/arguments.hpp"
#include "twitter/read_error.hpp"
#include "twitter/refusal.hpp"
#include "twitter/retry.hpp"

#include <coauth/oauth1/target.hpp>
#include <coauth/text/percent_encoding.hpp>
#include <coauth/version.hpp>

#include <charconv>
#include <string_view>

namespace coauth::twitter {

using namespace api;

namespace {

using std::chrono::milliseconds;

// Spreads repeated requests of many clients; the first bits of a nonce are as random as any.
double draw_chance()
{
    constexpr std::size_t digits = 8;
    const std::string random = oauth1::random_nonce();
    std::uint32_t bits = 0;
    std::from_chars(random.data(), random.data() + digits, bits, 16);
    return static_cast<double>(bits) / 4294967296.0;
}

void require_path(const http::base_url& base, const std::string& path)
{
    if (!path.starts_with('/') || !oauth1::split_target(base.url() + path))
        throw error(errc::invalid_argument, "an endpoint's path must begin with a slash and be percent-encoded");
}

// The provider would refuse the signature, and not say why.
void require_not_copied_with(const std::string& name, std::string_view value)
{
    const std::string_view extra = oauth1::copied_with(value);
    if (!extra.empty())
        throw error(errc::invalid_argument, "the " + name + " has " + std::string(extra) + " around it")
            .with_hint("leave it out: the provider's keys have none");
}

// One call under way: what was sent so far, and when.
class course {
public:
    course(std::shared_ptr<const caller> from, std::shared_ptr<const outgoing> what)
        : from_(std::move(from)), what_(std::move(what)), started_(from_->clock().machine().steady_now()),
          sent_signature_(std::make_shared<secret>())
    {
        so_far_.at = what_->at;
        so_far_.repeatable = what_->repeatable;
        so_far_.sent = 0;
    }

    http::request next_request()
    {
        ++so_far_.sent;
        if (!so_far_.mended)
            so_far_.signed_ahead = from_->clock().ahead();
        const auto ahead = so_far_.signed_ahead;
        http::request wire = sign(*from_, *what_, ahead, *sent_signature_);
        wire.headers.add("Accept", what_->at == step::call ? "application/json" : "*/*");
        wire.headers.add("Accept-Encoding", "identity");
        wire.headers.add("User-Agent", from_->options().user_agent);
        wire.deadline = from_->options().deadline;
        if (what_->repeatable)
            // Weak, for the caller owns the transport that holds this request. It lives while one is under way.
            wire.renew = [caller = std::weak_ptr(from_), what = what_, ahead, signature = sent_signature_](
                             http::request& again) {
                const auto from = caller.lock();
                if (!from)
                    return;
                const http::request renewed = sign(*from, *what, ahead, *signature);
                again.headers.set("Authorization", std::string(renewed.headers.get("Authorization")));
            };
        return wire;
    }

    /// What the answer means; keeps the provider's time if the mended request was not refused for it again.
    next_step judge(outcome& result)
    {
        const bool refused = result.answer.status < 200 || result.answer.status > 299;
        const auto machine_now = from_->clock().machine_now();
        next_step next(next_step::kind::fail);
        if (refused) {
            so_far_.spent = std::chrono::duration_cast<milliseconds>(from_->clock().machine().steady_now() - started_);
            const auto difference = clock_difference(result.answer.headers, machine_now);
            result.refused = read(result.answer);
            next = decide(so_far_, *result.refused, difference, what_->retry_budget, draw_chance());
            if (next.what == next_step::kind::fail_for_clock)
                result.refused = clock_error(*result.refused, *difference);
            if (next.what == next_step::kind::mend) {
                so_far_.mended = true;
                so_far_.signed_ahead = next.ahead;
                return next;
            }
        }
        if (so_far_.mended && !(refused && result.refused->reason() == errc::clock_skew))
            from_->clock().learn(so_far_.signed_ahead);
        return next;
    }

private:
    static http::request sign(const caller& from, const outgoing& what, std::chrono::seconds ahead, secret& signature)
    {
        return signed_wire_request(what, from.moment_at(from.clock().machine_now() + ahead), signature);
    }

    error read(const http::response& answer) const
    {
        std::vector<secret> hidden = what_->hidden;
        // As it is, and as it was sent.
        hidden.push_back(*sent_signature_);
        hidden.emplace_back(text::percent_encode(sent_signature_->reveal()));
        circumstances when;
        when.at = what_->at;
        when.writes = !what_->repeatable;
        when.machine_now = from_->clock().machine_now();
        when.provider_now = from_->clock().now();
        when.hidden = hidden;
        return read_error(answer, when);
    }

    static error clock_error(const error& refused, std::chrono::seconds difference)
    {
        error e = error(errc::clock_skew)
                      .with_provider(refused.provider_code(), refused.provider_message())
                      .with_provider_error(refused.provider_error())
                      .with_hint(describe_difference(difference) + ", more than coauth mends; set it");
        return refused.http_status() ? e.with_http_status(*refused.http_status()) : e;
    }

    std::shared_ptr<const caller> from_;
    std::shared_ptr<const outgoing> what_;
    std::chrono::steady_clock::time_point started_;
    attempts so_far_;
    std::shared_ptr<secret> sent_signature_; ///< Of the latest sending, which the transport may have renewed.
};

} // namespace

caller::caller(std::shared_ptr<http::transport> transport, oauth1::consumer app, client_options options)
    : transport_(std::move(transport)), app_(std::move(app)), options_(std::move(options)),
      api_(http::parse_base_url(options_.endpoints.api_base).value()),
      authorize_(http::parse_base_url(options_.endpoints.authorize_base).value())
{
    if (!transport_)
        throw error(errc::invalid_argument, "the client has no transport");
    require_not_copied_with("consumer key", app_.key());
    require_not_copied_with("consumer secret", app_.secret().reveal());
    require_options(options_);
    for (const auto* path : {&options_.endpoints.request_token_path, &options_.endpoints.access_token_path,
             &options_.endpoints.invalidate_token_path})
        require_path(api_, *path);
    for (const auto* path : {&options_.endpoints.authenticate_path, &options_.endpoints.authorize_path})
        require_path(authorize_, *path);
    if (options_.user_agent.empty())
        options_.user_agent = "coauth/" COAUTH_VERSION_STRING;
    options_.clock = options_.clock ? checked_clock(std::move(options_.clock)) : system_clock();
    clock_ = std::make_shared<provider_clock>(options_.clock);
}

oauth1::moment caller::moment_at(std::chrono::sys_seconds time) const
{
    auto nonce = options_.nonce ? call_user_class(errc::invalid_argument, "client_options::nonce", options_.nonce)
                                : oauth1::random_nonce();
    return {std::move(nonce), time.time_since_epoch().count()};
}

namespace {

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
    if (response.status < 200 || response.status > 299) {
        response.body.clear();
        return;
    }
    throw error(
        errc::malformed_response, "the response has Content-Encoding " + shown(encoding) + ", which was not asked for")
        .with_http_status(response.status)
        .with_hint("something between here and the provider compresses responses; check the proxy");
}

boost::asio::awaitable<http::response> send(std::shared_ptr<const caller> from, http::request request)
{
    return await_user_class(
        errc::provider_error, "the transport", [from = std::move(from), request = std::move(request)]() mutable {
            return from->transport().send(std::move(request));
        });
}

} // namespace

boost::asio::awaitable<outcome> exchange(std::shared_ptr<const caller> from, std::shared_ptr<const outgoing> what)
{
    course call(from, std::move(what));
    for (;;) {
        http::request wire = call.next_request();
        outcome result;
        result.answer = co_await send(from, std::move(wire));
        require_plain_body(result.answer);
        const next_step next = call.judge(result);
        if (next.what == next_step::kind::fail || next.what == next_step::kind::fail_for_clock)
            co_return result;
        if (next.what == next_step::kind::wait)
            co_await from->clock().machine().sleep_for(next.wait);
    }
}

boost::asio::awaitable<http::response> perform(std::shared_ptr<const caller> from, std::shared_ptr<const outgoing> what)
{
    outcome result = co_await exchange(std::move(from), std::move(what));
    if (result.refused)
        throw *result.refused;
    co_return std::move(result.answer);
}

} // namespace coauth::twitter
