// GET and POST /profile.
#include "login_server/site.hpp"

#include <coauth/coro/as_result.hpp>
#include <coauth/coro/cancel_after.hpp>
#include <coauth/server/page.hpp>

#include <utility>

namespace login_server {

namespace asio = boost::asio;
namespace server = coauth::server;
using coauth::errc;

namespace {

constexpr std::string_view saved = "saved"; // the query of the page after a form was saved
constexpr std::chrono::seconds news_age(60);
constexpr int tweets_shown = 5;
constexpr int followers_shown = 10;

bool must_sign_in_again(const coauth::error& why)
{
    return why.reason() == errc::token_revoked || why.reason() == errc::unknown_user;
}

const char* words_for(const coauth::error& why)
{
    switch (why.reason()) {
    case errc::rate_limited:
        return "The provider asks us to wait. Please come back in a while.";
    case errc::forbidden:
    case errc::access_level:
        return "The provider does not show these to us.";
    case errc::suspended:
    case errc::account_locked:
        return "The provider has locked this account.";
    case errc::malformed_response:
        return "The provider sent something that can't be read. Reload the page to try again.";
    default:
        return "The provider can't be reached just now. Reload the page to try again.";
    }
}

} // namespace

asio::awaitable<server::response> site::show_profile(request r)
{
    const auto who = visitor_of(r);
    if (!who)
        co_return server::redirect(origin_ + "/");
    const auto began = now();
    auto view = std::make_shared<profile_view>();
    view->who = *who;
    view->saved = r.query() == saved;
    // What was told in time is shown, whatever else was not.
    auto asked = co_await coauth::as_result(coauth::cancel_after(options_.patience, ask_provider(view)));
    if (!asked && must_sign_in_again(asked.error())) {
        // A visit that has begun since then brought a token of its own.
        const auto user_left = visitors_->leave_everywhere(who->id, began);
        if (user_left)
            co_await forget_token(*user_left, options_.patience);
        response page = pages_.told({401, "Please sign in again", "The provider no longer lets us see your profile."});
        page.headers.add("Set-Cookie", session_cookie_.remove());
        co_return page;
    }
    if (!asked) {
        log_.write(std::string("profile: ") + asked.error().what());
        view->notice = words_for(asked.error());
    }
    view->shown = people_.card_of(who->id);
    co_return pages_.profile(*view);
}

asio::awaitable<void> site::ask_provider(std::shared_ptr<profile_view> view)
{
    view->latest = people_.news_of(view->who.id, now(), news_age);
    if (people_.wants_filling(view->who.id)) {
        coauth::lookup_options how;
        how.max_wait = std::chrono::milliseconds(0);
        const auto profile = co_await session_.profile(view->who.id, coauth::user_ref::id(view->who.id), how);
        people_.fill(view->who.id, profile);
    }
    if (!view->latest)
        view->latest = co_await ask_news(view->who.id);
}

asio::awaitable<std::shared_ptr<const news>> site::ask_news(std::string user_id)
{
    const auto held = co_await tokens_->find(coauth::user_key("x", user_id));
    if (!held)
        throw coauth::error(errc::unknown_user);
    const auto user = client_.for_user(coauth::twitter::access_token_of(held->held));
    auto latest = std::make_shared<news>();
    coauth::twitter::page_options page;
    page.count = tweets_shown;
    auto tweets = co_await coauth::as_result(user.tweets(user_id, page));
    if (tweets)
        latest->tweets = tweets->items;
    else
        latest->tweets_trouble = words_for(tweets.error());
    page.count = followers_shown;
    auto followers = co_await coauth::as_result(user.followers(user_id, page));
    // One of them alone may be what the provider does not show to this app.
    if (!tweets && !followers && must_sign_in_again(tweets.error()) && must_sign_in_again(followers.error()))
        throw tweets.error();
    if (followers)
        latest->followers = followers->items;
    else
        latest->followers_trouble = words_for(followers.error());
    latest->at = now();
    people_.keep_news(user_id, latest);
    co_return latest;
}

asio::awaitable<server::response> site::save_profile(request r)
{
    const auto who = visitor_of(r);
    if (!who)
        co_return told(r, {401, "Please sign in first", "You were not signed in, so nothing was saved."});
    if (r.headers.get("Content-Type").substr(0, 33) != "application/x-www-form-urlencoded")
        co_return told(r, {415, "This can't be read", "The form has to be sent as a form."});
    auto typed = read_card(r.body);
    if (!typed)
        co_return told(
            r, {400, "This can't be read", "Nothing was saved. Please go back to your profile and try again."});
    auto wrong = problems_of(*typed);
    if (wrong.empty()) {
        people_.save(who->id, std::move(*typed));
        co_return server::redirect(origin_ + "/profile?" + std::string(saved));
    }
    // Shown again as it was typed.
    profile_view view;
    view.who = *who;
    view.shown = std::move(*typed);
    view.problems = std::move(wrong);
    view.latest = people_.news_of(who->id, now(), news_age);
    co_return pages_.profile(view);
}

} // namespace login_server
