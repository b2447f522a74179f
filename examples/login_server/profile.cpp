// The profile: what is filled in, shown and saved.
#include "login_server/site.hpp"

#include <coauth/coro/as_result.hpp>
#include <coauth/coro/cancel_after.hpp>
#include <coauth/server/page.hpp>
#include <coauth/twitter/requests.hpp>

#include <optional>
#include <utility>

namespace login_server {

namespace asio = boost::asio;
namespace server = coauth::server;
using coauth::errc;
using coauth::site::notice;

namespace {

constexpr std::string_view x_name = "x";    // the provider that has tweets and followers
constexpr std::string_view saved = "saved"; // the query of the page after a form was saved
constexpr std::chrono::seconds news_age(60);
constexpr int tweets_shown = 5;
constexpr int followers_shown = 10;

bool must_sign_in_again(const coauth::error& failure)
{
    return failure.reason() == errc::token_revoked || failure.reason() == errc::login_required ||
           failure.reason() == errc::unknown_user;
}

const char* words_for(const coauth::error& failure)
{
    switch (failure.reason()) {
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

asio::awaitable<server::response> site::show_profile(coauth::signed_in_user user, request r)
{
    const auto begun = options_.logins.clock->now();
    auto view = std::make_shared<profile_view>();
    view->user = user;
    view->saved = r.query() == saved;
    // What came in time is shown, even if the rest did not.
    auto done = co_await coauth::as_result(coauth::cancel_after(options_.logins.patience, ask_provider(view)));
    if (!done && must_sign_in_again(done.error())) {
        response page = co_await logins_.sign_in_again(std::move(user), begun);
        co_return page;
    }
    if (!done) {
        log("profile: " + std::string(done.error().what()));
        view->notice = words_for(done.error());
    }
    view->shown = people_->card_of(user.key());
    view->profile = people_->profile_of(user.key());
    co_return logins_.page(profile_page(*view), navigation_of(*view));
}

asio::awaitable<void> site::ask_provider(std::shared_ptr<profile_view> view)
{
    const coauth::user_key user = view->user.key();
    view->latest = people_->news_of(user, now(), news_age);
    if (people_->wants_filling(user))
        co_await ask_profile(user);
    if (user.provider == x_name && !view->latest)
        view->latest = co_await ask_news(user);
}

asio::awaitable<void> site::ask_profile(coauth::user_key user)
{
    coauth::session& session = logins_.session(user.provider);
    coauth::profile profile;
    if (user.provider == x_name) {
        coauth::lookup_options options;
        options.max_wait = std::chrono::milliseconds(0);
        profile = co_await session.profile(user.id, coauth::user_ref::id(user.id), options);
    } else {
        coauth::call_options options;
        options.max_wait = std::chrono::milliseconds(0);
        profile = co_await session.me(user.id, options);
    }
    people_->fill(user, profile);
}

asio::awaitable<coauth::twitter::page<coauth::twitter::tweet>> site::ask_tweets(
    coauth::session& session, std::string user_id, coauth::twitter::page_options page, coauth::call_options options)
{
    auto request = coauth::twitter::tweets_request(options_.x, user_id, page);
    const auto response = co_await session.call(user_id, std::move(request), "tweets", options);
    co_return coauth::twitter::read_tweets(options_.x, response);
}

asio::awaitable<coauth::twitter::page<coauth::profile>> site::ask_followers(
    coauth::session& session, std::string user_id, coauth::twitter::page_options page, coauth::call_options options)
{
    auto request = coauth::twitter::followers_request(options_.x, user_id, page);
    const auto response = co_await session.call(user_id, std::move(request), "followers", options);
    co_return coauth::twitter::read_followers(options_.x, response);
}

// The words for the user; a store that fails is for the operator to mend.
std::string site::problem_words(const coauth::error& problem) const
{
    if (coauth::whose_fault(problem.reason()) == coauth::fault::session)
        log(std::string("profile: ") + problem.what());
    return words_for(problem);
}

asio::awaitable<std::shared_ptr<const news>> site::ask_news(coauth::user_key user)
{
    coauth::session& session = logins_.session(user.provider);
    coauth::call_options options;
    options.max_wait = std::chrono::milliseconds(0);
    options.keep_refused = true;
    auto latest = std::make_shared<news>();
    coauth::twitter::page_options page;
    page.count = tweets_shown;
    auto tweets = co_await coauth::as_result(ask_tweets(session, user.id, page, options));
    if (tweets)
        latest->tweets = tweets->items;
    else
        latest->tweets_problem = problem_words(tweets.error());
    page.count = followers_shown;
    auto followers = co_await coauth::as_result(ask_followers(session, user.id, page, options));
    // One of them alone may be what the provider does not show to this app.
    if (!tweets && !followers && must_sign_in_again(tweets.error()) && must_sign_in_again(followers.error()))
        throw tweets.error();
    if (followers)
        latest->followers = followers->items;
    else
        latest->followers_problem = problem_words(followers.error());
    latest->at = now();
    people_->keep_news(user, latest);
    co_return latest;
}

asio::awaitable<server::response> site::save_profile(request r)
{
    const auto user = co_await logins_.user(r);
    std::optional<notice> refusal;
    std::optional<card> typed;
    if (!user) {
        refusal.emplace(401, "Please sign in first", "You were not signed in, so nothing was saved.");
    } else if (r.headers.get("Content-Type").substr(0, 33) != "application/x-www-form-urlencoded") {
        refusal.emplace(415, "This can't be read", "The form has to be sent as a form.");
    } else if (auto form = read_card(r.body)) {
        typed = *std::move(form);
    } else {
        refusal.emplace(400, "This can't be read", "Nothing was saved. Please go back to your profile and try again.");
    }
    if (refusal) {
        response page = co_await logins_.notice_page(std::move(r), *std::move(refusal));
        co_return page;
    }
    auto wrong = problems_of(*typed);
    if (wrong.empty()) {
        people_->save(user->key(), *std::move(typed));
        co_return server::redirect(origin_ + "/profile?" + std::string(saved));
    }
    // Shown again as it was typed.
    profile_view view;
    view.user = *user;
    view.shown = *std::move(typed);
    view.problems = std::move(wrong);
    view.profile = people_->profile_of(user->key());
    view.latest = people_->news_of(user->key(), now(), news_age);
    co_return logins_.page(profile_page(view), navigation_of(view));
}

} // namespace login_server
