#include "session/logins/logins_state.hpp"
#include "session/user_classes.hpp"

#include <coauth/store/pending_login.hpp>

#include <cstddef>
#include <new>
#include <optional>
#include <utility>

namespace coauth::sessions {

namespace asio = boost::asio;

namespace {

constexpr std::size_t longest_return_to = 1024;

// A count that others changed while it was under way is taken again so many times; after that it is
// near enough, for the store itself looks again.
constexpr int recounts = 3;

void check(const session_options& options, const login_request& how)
{
    if (options.callback.empty())
        throw error(errc::invalid_argument, "the session has no callback to begin a login with")
            .with_hint("set session_options::callback to the URL where the provider sends people back to");
    if (how.return_to.size() > longest_return_to)
        throw error(errc::invalid_argument, "return_to is longer than 1 KiB")
            .with_hint("keep what is long on your side, and give the login a key to it");
}

// Holds a place under the caps while leg 1 is under way.
class held_place {
public:
    held_place(logins_ptr in, begins::flight_ptr which) : in_(std::move(in)), which_(std::move(which)) {}
    ~held_place() { in_->under_way.give_back(which_); }
    held_place(const held_place&) = delete;
    held_place& operator=(const held_place&) = delete;

private:
    const logins_ptr in_;
    const begins::flight_ptr which_;
};

asio::awaitable<void> hold_place(logins_ptr in, begins::flight_ptr which)
{
    const auto limits = in->store().limits();
    for (int tries = 0;; ++tries) {
        const auto as_of = in->under_way.given_back();
        const auto living = co_await in->store().count(which->browser);
        const auto place =
            in->under_way.hold_place(which, living, limits, tries < recounts ? std::optional(as_of) : std::nullopt);
        if (place == begins::place::held)
            co_return;
        if (place == begins::place::none_at_all)
            throw store::too_many_logins(limits, store::login_cap::of_all);
        if (place == begins::place::none_for_browser)
            throw store::too_many_logins(limits, store::login_cap::of_browser);
    }
}

// The login that this browser has just begun, if it has.
asio::awaitable<std::optional<begun>> recent_login(logins_ptr in, begins::flight_ptr which)
{
    const auto age = in->options().share_login_for;
    if (age.count() <= 0)
        co_return std::nullopt;
    auto found = co_await in->store().recent(which->browser, which->return_to, age);
    if (!found)
        co_return std::nullopt;
    const auto id = store::id_of_login(found->login.token.token());
    const auto deadline = in->now() + found->left;
    auto ticket = in->tickets->open(id, deadline, which->return_to);
    // A callback may have come before there was a ticket to tell. If the login lives still, it did not.
    const auto again = co_await in->store().recent(which->browser, which->return_to, age);
    if (!again || store::id_of_login(again->login.token.token()) != id)
        co_return std::nullopt;
    in->deadlines.found(deadline);
    co_return begun(std::move(found->login.token), std::move(ticket), true);
}

asio::awaitable<begun> new_login(logins_ptr in, begins::flight_ptr which)
{
    co_await hold_place(in, which);
    const held_place held(in, which);
    auto token = co_await in->provider().begin(in->options().callback);
    store::pending_login login(token, which->browser, which->return_to);
    co_await in->store().add(std::move(login));
    const auto deadline = in->now() + in->store().limits().time_to_live;
    in->deadlines.begun(deadline);
    auto ticket = in->tickets->open(store::id_of_login(token.token()), deadline, which->return_to);
    in->tell_begun();
    co_return begun(std::move(token), std::move(ticket), false);
}

asio::awaitable<begun> recent_or_new(logins_ptr in, begins::flight_ptr which)
{
    auto recent = co_await recent_login(in, which);
    if (recent)
        co_return std::move(*recent);
    auto made = co_await new_login(in, which);
    co_return std::move(made);
}

// Nobody owns a first leg: whoever asked for it may leave, and whoever joined stays.
asio::awaitable<void> carry_out(logins_ptr in, begins::flight_ptr which, ending_duty<begun> duty)
{
    try {
        ending<begun> how;
        try {
            auto made = co_await recent_or_new(in, which);
            how = ended_with(std::move(made));
        } catch (...) {
            how = failed_with<begun>(error_to_hand_on());
            in->tell_begin_failed(how->error());
        }
        duty.tell(how);
    } catch (const std::bad_alloc&) {
        // The duty tells.
    }
}

// Without memory it does not start, and ends with `unstarted` for whoever joined it meanwhile.
void start(const logins_ptr& in, const begins::flight_ptr& which, const ending<begun>& unstarted)
{
    try {
        ending_duty<begun> duty(
            [in, which](const ending<begun>& how) { in->with->work->wake(in->under_way.land(which, how)); });
        in->with->work->start(carry_out(in, which, std::move(duty)));
    } catch (...) {
        in->with->work->wake(in->under_way.land(which, unstarted));
        throw;
    }
}

} // namespace

asio::awaitable<login> begin_login(logins_ptr in, browser_binding present, login_request how)
{
    in->check_open();
    check(in->options(), how);
    browser_binding binding = present.empty() ? browser_binding::random() : std::move(present);
    const auto browser = store::digest_of_browser(binding.reveal());
    // Made before anyone can join.
    const auto unstarted = failed_with<begun>(error(errc::cancelled, "there was no memory to begin the login"));
    const auto entered =
        in->under_way.enter(browser, std::move(how.return_to), in->now(), in->options().share_login_for);
    if (entered.leads)
        start(in, entered.which, unstarted);
    const auto end = co_await in->under_way.wait(entered.which);
    const begun& made = end->value();
    if (made.shared || !entered.leads)
        in->tell_shared();
    co_return login(in->provider().login_url(made.token, how.ask_again), std::move(binding), made.ticket);
}

} // namespace coauth::sessions
