#include "coro/typed_errors.hpp"
#include "site/login_metrics.hpp"
#include "site/login_site_state.hpp"

#include <coauth/coro/cancel_after.hpp>
#include <coauth/server/prefetch.hpp>
#include <coauth/server/same_origin.hpp>
#include <coauth/site/return_path.hpp>

#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/this_coro.hpp>

#include <chrono>
#include <exception>
#include <new>
#include <type_traits>
#include <utility>

namespace coauth::site {

namespace asio = boost::asio;

namespace {

// What a notice may wait for the user that it is for.
constexpr std::chrono::milliseconds longest_search(500);

// Keeps the state until the operation has ended. Its errors are coauth's.
template <class T>
asio::awaitable<T> keeping(std::shared_ptr<void>, asio::awaitable<T> op)
{
    if constexpr (std::is_void_v<T>) {
        co_await typed_errors(std::move(op));
    } else {
        T value = co_await typed_errors(std::move(op));
        co_return value;
    }
}

bool may_change_something(const server::request& r)
{
    return r.method != "GET" && r.method != "HEAD" && r.method != "OPTIONS";
}

} // namespace

login_site::login_site(asio::any_io_executor executor, std::string_view origin,
    std::vector<std::shared_ptr<login_provider>> providers, login_site_options options)
    : state_(std::make_shared<state>(std::move(executor), origin, std::move(providers), std::move(options)))
{}

// An operation that waits keeps the state, and so the session that it waits for: without this neither would end.
login_site::~login_site()
{
    state_->stop();
}

asio::awaitable<std::optional<server::response>> login_site::handle(server::request r)
{
    return keeping(state_, state_->handle(std::move(r)));
}

asio::awaitable<std::optional<signed_in_user>> login_site::user(server::request r)
{
    return keeping(state_, state_->user(std::move(r)));
}

std::string login_site::buttons(std::string_view return_to) const
{
    const auto path = return_path::parse(return_to);
    return state_->pages().buttons(path ? path->text() : std::string());
}

std::string login_site::sign_out_button() const
{
    return "<form method=\"post\" action=\"/logout\">\n<button>Sign out</button>\n</form>\n";
}

server::response login_site::sign_in_page(const server::request& r, server::page content) const
{
    return state_->sign_in_page(r, std::move(content));
}

server::response login_site::page(server::page content, std::string_view navigation) const
{
    return state_->pages().page(std::move(content), navigation);
}

asio::awaitable<server::response> login_site::notice_page(server::request r, notice content)
{
    return keeping(state_, state_->notice_page(std::move(r), std::move(content)));
}

notice login_site::notice_of(const error& failure)
{
    return login_notice(failure, login_step::finish);
}

asio::awaitable<server::response> login_site::sign_in_again(
    signed_in_user user, std::chrono::system_clock::time_point latest)
{
    return keeping(state_, state_->sign_in_again(std::move(user), latest));
}

coauth::session& login_site::session(std::string_view provider) const
{
    return state_->session(provider);
}

asio::awaitable<std::string> login_site::metrics(std::optional<server::server_stats> connections)
{
    return keeping(state_, state_->metrics(connections));
}

asio::awaitable<void> login_site::close()
{
    return keeping(state_, state_->close());
}

std::string shown_name(const signed_in_user& user)
{
    if (!user.name.empty())
        return user.name;
    return user.username.empty() ? user.id : user.username;
}

asio::awaitable<std::optional<server::response>> login_site::state::handle(request r)
{
    if (auto refused = refused_by_host(r))
        co_return std::move(refused);
    std::optional<response> done;
    std::optional<std::string> problem;
    try {
        done = co_await handle_own(std::move(r));
    } catch (const std::bad_alloc&) {
        throw;
    } catch (const std::exception& e) {
        problem = e.what(); // what is expected of a route is a response; this is from a store that is not ours
    }
    const asio::cancellation_state state = co_await asio::this_coro::cancellation_state;
    if (is_cancelled(state))
        throw error(errc::cancelled);
    if (problem) {
        log_.write("request: " + *problem);
        done = pages_.notice_with_buttons(login_notice(error(errc::store_unavailable), login_step::finish));
    }
    co_await drop_tokens_of_expired();
    co_return done;
}

asio::awaitable<std::optional<server::response>> login_site::state::handle_own(request r)
{
    const auto match = find_login_route(r.path(), names_);
    std::optional<response> done;
    if (match && method_of(match->route) != r.method)
        done = co_await refused_by_method(std::move(r), match->route);
    else if (may_change_something(r) && !server::came_from_same_origin(r, url_))
        done = co_await refused_by_origin(std::move(r));
    else if (match && match->route == login_route::callback && server::is_prefetch(r))
        done = server::refuse_prefetch(); // a browser that fetches ahead would use the login up
    else if (match)
        done = co_await routed(*match, std::move(r));
    co_return done;
}

asio::awaitable<std::optional<signed_in_user>> login_site::state::user(request r) const
{
    const auto cookie = session_cookie_.read(r);
    if (!cookie || cookie->empty())
        co_return std::nullopt;
    auto found = co_await visits_.find(*cookie);
    co_return found;
}

server::response login_site::state::sign_in_page(const request& r, server::page content) const
{
    response page = pages_.page(std::move(content), {});
    // Already here and not only at the button: two tabs whose buttons are pressed at once are one browser.
    const auto held = login_cookie_.read(r);
    if (!held || browser_binding(*held).empty())
        page.headers.add("Set-Cookie", set_login_cookie(browser_binding::random()));
    prove_address(r, page);
    return page;
}

asio::awaitable<server::response> login_site::state::notice_page(request r, notice content) const
{
    // What happened matters more than to whom: a store that fails, or is slow, costs the link only.
    bool is_known = false;
    try {
        const auto visitor = co_await cancel_after(longest_search, user(r));
        is_known = visitor.has_value();
    } catch (const std::exception&) {}
    const auto cancellation = co_await asio::this_coro::cancellation_state;
    if (cancellation.cancelled() != asio::cancellation_type::none)
        throw error(errc::cancelled);
    if (is_known)
        co_return pages_.notice_with_link(content);
    response page = pages_.notice_with_buttons(content);
    prove_address(r, page);
    co_return page;
}

asio::awaitable<std::string> login_site::state::metrics(std::optional<server::server_stats> connections)
{
    login_numbers numbers;
    numbers.connections = connections;
    for (const app& each : apps_)
        add(numbers.session, each.session->stats());
    // The other numbers are needed most when a store fails.
    std::vector<std::string> problems;
    try {
        const auto counts = co_await options_.session.logins->count(store::browser_digest());
        numbers.pending = counts.living;
    } catch (const std::exception& e) {
        problems.emplace_back(e.what());
    }
    try {
        numbers.visitors = co_await visits_.count();
    } catch (const std::exception& e) {
        problems.emplace_back(e.what());
    }
    const asio::cancellation_state state = co_await asio::this_coro::cancellation_state;
    if (is_cancelled(state))
        throw error(errc::cancelled);
    for (const std::string& each : problems)
        log_.write("metrics: " + each);
    numbers.refused_by_address = refused_by_address_;
    numbers.refused_by_site = refused_by_site_;
    numbers.begins = begun_.times();
    numbers.ends = ended_.times();
    numbers.begin_failures = begun_.failures();
    numbers.end_failures = ended_.failures();
    co_return metrics_text(numbers);
}

void login_site::state::stop() noexcept
{
    for (const app& each : apps_)
        each.session->stop();
}

asio::awaitable<void> login_site::state::close()
{
    for (const app& each : apps_)
        co_await each.session->close();
}

coauth::session& login_site::state::session(std::string_view provider) const
{
    for (const app& each : apps_)
        if (each.name == provider)
            return *each.session;
    throw error(errc::invalid_argument, "login_site: no provider has the name " + std::string(provider));
}

} // namespace coauth::site
