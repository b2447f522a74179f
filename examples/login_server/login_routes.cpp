// POST /login, GET /callback, GET /waiting/ID and POST /logout.
#include "login_server/site.hpp"

#include <coauth/coro/as_result.hpp>
#include <coauth/coro/cancel_after.hpp>
#include <coauth/oauth1/parameters.hpp>
#include <coauth/server/page.hpp>
#include <coauth/text/ascii.hpp>

#include <algorithm>
#include <exception>
#include <utility>
#include <vector>

namespace login_server {

namespace asio = boost::asio;
namespace server = coauth::server;
using coauth::login_status;

namespace {

constexpr std::string_view more = "more";

// Tokens of users whose visits have expired, for one request.
constexpr std::size_t most_forgotten = 2;
// What that may cost the request: it is not the one whose user has left.
constexpr std::chrono::milliseconds longest_forgetting(500);

// The session keeps no more than a kilobyte of ours.
constexpr std::size_t longest_path = 1'000;

// Where the person wants to go on, if that is on this site; how they got there is no reason to refuse them.
coauth::site::return_path return_path_of(const coauth::oauth1::parameters& query)
{
    const auto profile = coauth::site::return_path::parse("/profile").value();
    if (coauth::oauth1::count(query, "return") != 1)
        return profile;
    const auto wanted = coauth::site::return_path::parse(*coauth::oauth1::find(query, "return"));
    return wanted && wanted->text().size() <= longest_path ? *wanted : profile;
}

// The number of the page whose button was pressed, or empty.
std::string page_of(const std::string& body)
{
    const auto form = coauth::oauth1::parse_form(body);
    const auto* page = form ? coauth::oauth1::find(*form, "page") : nullptr;
    const auto is_part = [](char c) { return coauth::text::is_letter_or_digit(c) || c == '_' || c == '-'; };
    return page && page->size() <= 16 && std::all_of(page->begin(), page->end(), is_part) ? *page : std::string();
}

// What goes through the session: the same page's button pressed twice is one login, two tabs' are two.
std::string return_to(const std::string& page, const coauth::site::return_path& path)
{
    return page + path.text();
}

coauth::site::return_path path_of(const std::string& return_to)
{
    const auto slash = std::min(return_to.find('/'), return_to.size());
    const auto path = coauth::site::return_path::parse(std::string_view(return_to).substr(slash));
    return path ? *path : coauth::site::return_path();
}

bool wants_new_window(const coauth::oauth1::parameters& query)
{
    const auto* window = coauth::oauth1::find(query, "window");
    return window && *window == "new";
}

message too_many(int status, std::chrono::milliseconds wait)
{
    message what(status, "Too many sign-ins", "Please wait a moment and try again.");
    what.retry_after = std::max(std::chrono::ceil<std::chrono::seconds>(wait), std::chrono::seconds(1));
    return what;
}

} // namespace

asio::awaitable<server::response> site::begin_login(request r)
{
    if (auto refused = refused_before_login(r))
        co_return std::move(*refused);
    const auto query = coauth::oauth1::parse_form(r.query());
    if (!query)
        co_return told(r, {400, "This can't be read", "The address has a % that no two hex digits follow."});

    // Two cookies of the name, or a value that was never ours, count as none: the login gets a new one.
    const auto held = login_cookie_.read(r);
    coauth::browser_binding browser(held ? std::string_view(*held) : std::string_view());
    coauth::login_request how;
    how.return_to = return_to(page_of(r.body), return_path_of(*query));
    const auto start = now();
    auto begun = co_await coauth::as_result(session_.begin_login(std::move(browser), std::move(how)));
    begun_.took(now() - start);
    if (!begun) {
        begun_.failed(begun.error().reason());
        log_login(r, "failed", std::string(coauth::name(begun.error().reason())), {});
        co_return trouble(r, begun.error(), step::begin);
    }

    std::string next = begun->url;
    if (wants_new_window(*query))
        if (const auto id = waiting_rooms_.open(*begun, now(), logins_->limits().time_to_live))
            next = origin_ + "/waiting/" + *id;
    response answer = server::redirect(std::move(next));
    answer.headers.add("Set-Cookie", set_login_cookie(begun->binding));
    co_return answer;
}

std::optional<server::response> site::refused_before_login(const request& r)
{
    const bool newcomer = !age_of_address_token(r);
    const auto refusal = begins_.take(address_of(r), newcomer, now());
    if (!refusal)
        return std::nullopt;
    const bool by_address = refusal->reached == begin_limits::limit::address;
    ++(by_address ? refused_by_address_ : refused_by_site_);
    response page = pages_.told(too_many(by_address ? 429 : 503, refusal->wait));
    prove_address(r, page); // this page has a button, too
    return page;
}

asio::awaitable<server::response> site::finish_login(request r)
{
    const auto held = login_cookie_.read(r);
    if (!held)
        co_return told(r, {400, "Two cookies of one name", "Please delete the cookies of this site and begin again."});
    coauth::browser_binding browser(*held);
    const auto start = now();
    auto ended = co_await coauth::as_result(session_.complete_login(std::string(r.query()), std::move(browser)));
    if (!ended) {
        // A query that is not a callback's never was a login.
        if (ended.error().reason() != coauth::errc::invalid_argument) {
            ended_.took(now() - start);
            ended_.failed(ended.error().reason());
            log_login(r, "failed", std::string(coauth::name(ended.error().reason())), {});
        }
        co_return trouble(r, ended.error(), step::finish);
    }
    if (ended->status == login_status::granted)
        ended_.took(now() - start);
    if (ended->status != login_status::unknown)
        log_login(r, std::string(coauth::name(ended->status)), {}, ended->user.id);
    if (ended->status != login_status::granted)
        co_return told(r, message_for(ended->status));
    // The id from before the login ends here, also if another site put it into the browser.
    const auto previous = session_cookie_.read(r);
    people_.signed_in(ended->user.id);
    const auto entered = visitors_->enter(ended->user, now(), previous ? std::string_view(*previous) : "");
    response answer = server::redirect(path_of(ended->return_to).on(origin_));
    answer.headers.add("Set-Cookie", session_cookie_.set(entered.id, visitors::stay));
    if (entered.user_left)
        co_await forget_token(*entered.user_left, options_.patience);
    co_return answer;
}

asio::awaitable<server::response> site::wait_for_login(std::string id, request r)
{
    const auto held = login_cookie_.read(r);
    const auto begun =
        waiting_rooms_.find(id, coauth::browser_binding(held ? std::string_view(*held) : std::string_view()), now());
    if (!begun)
        co_return told(r, {404, "Nothing is waited for here", "Perhaps it was too long ago. Please begin again."});

    const std::string again = "/waiting/" + id + '?' + std::string(more);
    if (r.query() != more)
        co_return pages_.waiting(begun->url, again);
    auto ended = co_await coauth::as_result(coauth::cancel_after(options_.longest_poll, session_.wait(*begun)));
    if (!ended &&
        (ended.error().reason() == coauth::errc::timeout || ended.error().reason() == coauth::errc::cancelled))
        co_return pages_.waiting(begun->url, again);
    if (!ended)
        co_return trouble(r, ended.error(), step::finish);
    if (ended->status != login_status::granted)
        co_return told(r, message_for(ended->status));
    // The cookie comes with the answer to the other window.
    if (!visitor_of(r))
        co_return pages_.arriving(again);
    co_return server::redirect(path_of(ended->return_to).on(origin_));
}

asio::awaitable<server::response> site::sign_out(request r)
{
    response answer = server::redirect(origin_ + "/");
    const auto id = session_cookie_.read(r);
    if (id) {
        const auto user_left = visitors_->leave(*id);
        if (user_left)
            co_await forget_token(*user_left, options_.patience);
    }
    answer.headers.add("Set-Cookie", session_cookie_.remove());
    answer.headers.add("Set-Cookie", login_cookie_.remove());
    co_return answer;
}

// For a user whose last visit has ended. Never fails: the request may be another user's, whose response
// has nothing to do with it.
asio::awaitable<void> site::forget_token(std::string user_id, std::chrono::milliseconds limit)
{
    std::optional<std::string> problem;
    try {
        const auto forgotten = co_await coauth::as_result(coauth::cancel_after(limit, sign_out_unless_here(user_id)));
        if (!forgotten && forgotten.error().reason() != coauth::errc::unknown_user)
            problem = forgotten.error().what();
    } catch (const std::exception& e) {
        problem = e.what(); // of a token store that is not ours
    }
    if (!problem)
        co_return;
    log_.write("sign out: " + *problem);
    visitors_->forget_later(std::move(user_id), now());
}

asio::awaitable<void> site::sign_out_unless_here(std::string user_id)
{
    // Others may have been waited for since the user left.
    if (visitors_->has(user_id))
        co_return;
    co_await session_.sign_out(std::move(user_id));
}

// A few, and for one request at a time, so that a slow store does not hold up everybody.
asio::awaitable<void> site::forget_tokens_of_expired()
{
    if (forgetting_->exchange(true))
        co_return;
    // Without `this`: what never resumes is destroyed after the site.
    const std::shared_ptr<void> done(nullptr, [flag = forgetting_](void*) { *flag = false; });
    const std::vector<std::string> left = visitors_->expire(now(), most_forgotten);
    for (const std::string& user_id : left)
        co_await forget_token(user_id, std::min(options_.patience, longest_forgetting));
}

} // namespace login_server
