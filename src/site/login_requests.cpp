// POST /login, GET /callback, GET /waiting/ID and POST /logout.
#include "site/login_site_state.hpp"

#include <coauth/coro/as_result.hpp>
#include <coauth/coro/cancel_after.hpp>
#include <coauth/server/page.hpp>
#include <coauth/site/return_path.hpp>
#include <coauth/text/ascii.hpp>
#include <coauth/text/form.hpp>

#include <algorithm>
#include <optional>
#include <utility>

namespace coauth::site {

namespace asio = boost::asio;

namespace {

constexpr std::string_view poll_query = "more";

// The session keeps no more than a kilobyte of ours.
constexpr std::size_t longest_path = 1'000;

// Where the user goes on, if that is on this site; anything else is no reason to refuse the login. Empty: nowhere in
// particular.
std::string return_path_of(const text::form& query)
{
    if (text::count(query, "return") != 1)
        return {};
    const auto path = return_path::parse(*text::find(query, "return"));
    return path && path->text().size() <= longest_path ? path->text() : std::string();
}

// The number of the page whose button was pressed, or empty.
std::string page_of(const std::string& body)
{
    const auto form = text::parse_form(body);
    const auto* page = form ? text::find(*form, "page") : nullptr;
    const auto is_part = [](char c) { return text::is_letter_or_digit(c) || c == '_' || c == '-'; };
    return page && page->size() <= 16 && std::all_of(page->begin(), page->end(), is_part) ? *page : std::string();
}

// The path in the text that goes through the session: a page's number, and the path. The same page's button pressed twice
// is one login, two tabs' are two.
return_path path_of(const std::string& return_to)
{
    const auto slash = std::min(return_to.find('/'), return_to.size());
    const auto path = return_path::parse(std::string_view(return_to).substr(slash));
    return path ? *path : return_path();
}

bool wants_new_window(const text::form& query)
{
    const auto* window = text::find(query, "window");
    return window && *window == "new";
}

// Ends that a client can cause again and again with one login.
std::optional<login_log::repeated> repeated_end(login_status status)
{
    switch (status) {
    case login_status::wrong_browser:
        return login_log::repeated::wrong_browser;
    case login_status::replayed:
        return login_log::repeated::replayed;
    case login_status::expired:
        return login_log::repeated::expired;
    default:
        return std::nullopt;
    }
}

browser_binding binding_of(const result<std::string>& cookie)
{
    return browser_binding(cookie ? std::string_view(*cookie) : std::string_view());
}

} // namespace

asio::awaitable<server::response> login_site::state::routed(login_route_match match, request r)
{
    switch (match.route) {
    case login_route::login:
        return begin_login(match.provider, std::move(r));
    case login_route::callback:
        return finish_login(match.provider, std::move(r));
    case login_route::waiting:
        return wait_for_login(std::move(match.id), std::move(r));
    case login_route::logout:
        break;
    }
    return sign_out(std::move(r));
}

asio::awaitable<server::response> login_site::state::begin_login(std::size_t provider, request r)
{
    if (const auto refusal = refused_by_limits(r)) {
        response refused = co_await notice_page(std::move(r), *refusal);
        co_return refused;
    }
    const auto query = text::parse_form(r.query());
    if (!query) {
        notice malformed(400, "This can't be read", "The address has a % that no two hex digits follow.");
        response refused = co_await notice_page(std::move(r), std::move(malformed));
        co_return refused;
    }

    const app& at = apps_[provider];
    // Two cookies of the name, or a value that was never ours, count as none: the login gets a new one.
    browser_binding browser = binding_of(login_cookie_.read(r));
    login_request begin;
    const std::string path = return_path_of(*query);
    begin.return_to = page_of(r.body) + (path.empty() ? options_.after_login : path);
    const auto start = now();
    auto begun = co_await as_result(at.session->begin_login(std::move(browser), std::move(begin)));
    begun_.took(now() - start);
    if (!begun) {
        begun_.failed(begun.error().reason());
        log_.write(login_text(r, at, "failed", std::string(name(begun.error().reason())), {}));
        response failed = co_await failure(std::move(r), begun.error(), login_step::begin);
        co_return failed;
    }

    std::string next = begun->url;
    if (wants_new_window(*query)) {
        waiting_logins::waiting_login entry(*begun, provider);
        if (const auto id = waiting_.add(std::move(entry), now(), options_.session.logins->limits().time_to_live))
            next = url_ + "/waiting/" + *id;
    }
    response out = server::redirect(std::move(next));
    out.headers.add("Set-Cookie", set_login_cookie(begun->binding));
    co_return out;
}

asio::awaitable<server::response> login_site::state::finish_login(std::size_t provider, request r)
{
    const auto held = login_cookie_.read(r);
    if (!held) {
        notice twice(400, "Two cookies of one name", "Please delete the cookies of this site and begin again.");
        response refused = co_await notice_page(std::move(r), std::move(twice));
        co_return refused;
    }
    const app& at = apps_[provider];
    browser_binding browser(*held);
    const auto start = now();
    auto ended = co_await as_result(at.session->complete_login(std::string(r.query()), std::move(browser)));
    if (!ended) {
        // A query that is not a callback's never was a login. One that is, and that the provider then finds to be another
        // provider's (RFC 9207), was one: its line shows the attempt.
        if (ended.error().reason() != errc::invalid_argument || at.provider->key_of(r.query())) {
            ended_.took(now() - start);
            ended_.failed(ended.error().reason());
            log_.write(login_text(r, at, "failed", std::string(name(ended.error().reason())), {}));
        }
        response failed = co_await failure(std::move(r), ended.error(), login_step::finish);
        co_return failed;
    }
    if (ended->status == login_status::granted)
        ended_.took(now() - start);
    if (ended->status != login_status::unknown)
        log_end(login_text(r, at, std::string(name(ended->status)), {}, ended->user.id), ended->status);
    if (ended->status != login_status::granted) {
        response page = co_await notice_page(std::move(r), login_notice(ended->status));
        co_return page;
    }
    // The cookie from before the login ends here, also if another site put it into the browser.
    const auto previous = session_cookie_.read(r);
    std::string previous_cookie = previous ? *previous : std::string();
    ended->user.provider = at.name; // under which its session keeps the token
    const auto visit = co_await visits_.begin(ended->user, std::move(previous_cookie));
    if (visit.left)
        departures_->retry(*visit.left, now());
    report_login(ended->user);
    response out = server::redirect(path_of(ended->return_to).on(url_));
    out.headers.add("Set-Cookie", session_cookie_.set(visit.cookie, visits_.lifetime()));
    if (visit.left)
        co_await drop_token(*visit.left, options_.patience);
    co_return out;
}

asio::awaitable<server::response> login_site::state::wait_for_login(std::string id, request r)
{
    const auto waiting = waiting_.find(id, binding_of(login_cookie_.read(r)), now());
    if (!waiting) {
        notice missing(404, "Nothing is waited for here", "Perhaps it was too long ago. Please begin again.");
        response refused = co_await notice_page(std::move(r), std::move(missing));
        co_return refused;
    }

    const std::string next = "/waiting/" + id + '?' + std::string(poll_query);
    if (r.query() != poll_query)
        co_return pages_.waiting(waiting->begun.url, next);
    auto& session = *apps_[waiting->provider].session;
    auto ended = co_await as_result(cancel_after(options_.longest_poll, session.wait(waiting->begun)));
    if (!ended && (ended.error().reason() == errc::timeout || ended.error().reason() == errc::cancelled))
        co_return pages_.waiting(waiting->begun.url, next);
    if (!ended) {
        response failed = co_await failure(std::move(r), ended.error(), login_step::finish);
        co_return failed;
    }
    if (ended->status != login_status::granted) {
        response page = co_await notice_page(std::move(r), login_notice(ended->status));
        co_return page;
    }
    // The cookie comes with the response to the other window.
    const auto visitor = co_await user(std::move(r));
    if (!visitor)
        co_return pages_.arriving(next);
    co_return server::redirect(path_of(ended->return_to).on(url_));
}

asio::awaitable<server::response> login_site::state::sign_out(request r)
{
    const auto cookie = session_cookie_.read(r);
    if (cookie) {
        const auto left = co_await visits_.end(*cookie);
        if (left) {
            departures_->retry(*left, now());
            co_await drop_token(*left, options_.patience);
        }
    }
    response out = server::redirect(url_ + "/");
    out.headers.add("Set-Cookie", session_cookie_.remove());
    out.headers.add("Set-Cookie", login_cookie_.remove());
    co_return out;
}

void login_site::state::report_login(const signed_in_user& user) const noexcept
{
    try {
        if (options_.on_login)
            options_.on_login(user);
    } catch (...) {
        // The user is signed in.
    }
}

asio::awaitable<server::response> login_site::state::failure(request r, error cause, login_step step)
{
    notice content = login_notice(cause, step);
    // Not what any client can cause alone.
    if (content.status >= 500)
        log_.write(std::string(step == login_step::begin ? "leg 1" : "leg 3") + ": " + cause.what());
    response page = co_await notice_page(std::move(r), std::move(content));
    co_return page;
}

void login_site::state::log_end(const std::string& line, login_status status) const
{
    if (const auto kind = repeated_end(status))
        log_.write_repeated(*kind, line, now());
    else
        log_.write(line);
}

std::string login_site::state::login_text(
    const request& r, const app& at, std::string outcome, std::string cause, std::string user_id) const
{
    login_line line;
    line.time = std::chrono::floor<std::chrono::seconds>(options_.clock->now());
    line.outcome = std::move(outcome);
    line.cause = std::move(cause);
    line.provider = at.name;
    line.user_id = std::move(user_id);
    line.address = address_of(r);
    return text_of(line);
}

std::string login_site::state::set_login_cookie(const browser_binding& binding) const
{
    const auto lifetime = options_.session.logins->limits().time_to_live;
    return login_cookie_.set(binding.reveal(), std::chrono::duration_cast<std::chrono::seconds>(lifetime));
}

} // namespace coauth::site
