// Signs a user in with OAuth 1.0a and shows their profile: the three legs, by a callback on a
// loopback address or by PIN.
//
// With no configuration a sandbox is started inside this program and plays the provider; this
// program plays the browser (--interactive leaves that to you). With --provider and keys in the
// environment the same program signs in with the real one.

#include "command_line/output.hpp"
#include "program/browser.hpp"
#include "program/json_output.hpp"
#include "program/main_loop.hpp"
#include "program/pin.hpp"
#include "program/provider_flags.hpp"

#include <coauth/coro/as_result.hpp>
#include <coauth/coro/cancel_after.hpp>
#include <coauth/oauth1/callback.hpp>
#include <coauth/oauth1/legs.hpp>
#include <coauth/server/callback_listener.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/json/serialize.hpp>

#include <CLI/CLI.hpp>

#include <iostream>

namespace asio = boost::asio;
namespace oauth1 = coauth::oauth1;

namespace {

struct sign_in_flags {
    sign_in_flags() = default;

    program::provider_flags provider;
    std::string callback = "http://127.0.0.1:0/callback";
    bool authorize = false;
    bool force_login = false;
    bool interactive = false;
    double timeout = program::default_timeout;
};

std::chrono::milliseconds milliseconds(double seconds)
{
    return std::chrono::milliseconds(static_cast<long>(seconds * 1000));
}

// The listener, and what became of the browser that this program plays.
struct callback_wait {
    callback_wait(const asio::any_io_executor& executor, std::string_view callback)
        : listener(std::in_place, executor, callback)
    {}

    std::optional<coauth::server::callback_listener> listener;
    std::exception_ptr browser_failure;
    int rejected = 0;           // callbacks that were not this login's
    std::string last_rejection; // why
};

bool is_callback_of(const oauth1::request_token& login, std::string_view query, callback_wait& wait)
{
    const auto callback = oauth1::parse_callback(query);
    if (callback && callback->belongs_to(login))
        return true;
    ++wait.rejected;
    wait.last_rejection = callback ? "its oauth_token belongs to another login" : callback.error().message();
    std::cerr << "a callback was rejected: " << wait.last_rejection << '\n';
    return false;
}

coauth::error no_callback(const callback_wait& wait, double timeout)
{
    if (wait.rejected == 0)
        return program::not_finished("no callback arrived", timeout)
            .with_hint("give users longer with --timeout, or check that the callback reaches this machine");
    const std::string count = wait.rejected == 1 ? "1 callback was" : std::to_string(wait.rejected) + " callbacks were";
    coauth::error e = program::not_finished("no valid callback arrived", timeout);
    return coauth::error(e.reason(), e.message() + "; " + count + " rejected, the last because " + wait.last_rejection)
        .with_hint("open the address that this run printed, once, and let the browser come back from there");
}

asio::awaitable<std::string> wait_for_callback(program::provider_setup& setup, const sign_in_flags& flags,
    std::shared_ptr<callback_wait> wait, const oauth1::request_token& login, std::string url)
{
    if (setup.sandbox() && !flags.interactive) {
        auto executor = co_await asio::this_coro::executor;
        asio::co_spawn(executor, program::play_browser(setup.transport(), std::move(url)),
            [wait](std::exception_ptr failure, const std::string&) {
                if (!failure)
                    return;
                // No callback will come; without its listener the wait ends.
                std::cerr << "the sandbox's page could not be opened\n";
                wait->browser_failure = failure;
                wait->listener.reset();
            });
    }
    const auto is_ours = [&login, &rejections = *wait](
                             std::string_view query) { return is_callback_of(login, query, rejections); };
    auto query =
        co_await coauth::as_result(coauth::cancel_after(milliseconds(flags.timeout), wait->listener->wait(is_ours)));
    if (!query && wait->browser_failure)
        std::rethrow_exception(wait->browser_failure);
    if (!query && query.error().reason() == coauth::errc::timeout)
        throw no_callback(*wait, flags.timeout);
    const auto callback = oauth1::parse_callback(query.value()).value();
    if (callback.denied)
        throw coauth::error(coauth::errc::denied).with_hint("run again and allow the app to sign in");
    co_return std::string(callback.verifier.reveal());
}

asio::awaitable<oauth1::access_token> trade(
    const coauth::twitter::client& client, const oauth1::request_token& login, std::string verifier)
{
    std::cerr << "leg 3  trading the request token for an access token\n";
    return client.access_token(login, std::move(verifier));
}

asio::awaitable<oauth1::access_token> finish_by_pin(
    program::provider_setup& setup, const sign_in_flags& flags, const oauth1::request_token& login, std::string url)
{
    program::pin_entry entry;
    for (;;) {
        std::string pin = co_await program::ask_for_pin(setup, url, flags.interactive, flags.timeout);
        entry.require_typed(pin);
        auto access = co_await coauth::as_result(trade(setup.client(), login, std::move(pin)));
        if (access)
            co_return *std::move(access);
        entry.refused(access.error());
    }
}

asio::awaitable<oauth1::access_token> finish_by_callback(program::provider_setup& setup, const sign_in_flags& flags,
    std::shared_ptr<callback_wait> wait, const oauth1::request_token& login, std::string url)
{
    std::string verifier = co_await wait_for_callback(setup, flags, std::move(wait), login, std::move(url));
    oauth1::access_token access = co_await trade(setup.client(), login, std::move(verifier));
    co_return access;
}

asio::awaitable<int> sign_in(program::provider_setup& setup, const sign_in_flags& flags)
{
    const coauth::twitter::client& client = setup.client();
    const bool by_pin = flags.callback == oauth1::out_of_band;
    auto executor = co_await asio::this_coro::executor;

    std::shared_ptr<callback_wait> wait;
    if (!by_pin)
        wait = std::make_shared<callback_wait>(executor, flags.callback);

    std::cerr << "leg 1  asking " << setup.base() << " for a request token\n";
    const std::string callback = by_pin ? flags.callback : wait->listener->url();
    const oauth1::request_token login = co_await client.request_token(callback);
    program::tell_clock(client);

    coauth::twitter::authorize_options options;
    options.force_login = flags.force_login;
    const bool ask_always = by_pin || flags.authorize;
    const std::string url = ask_always ? client.authorize_url(login, options) : client.authenticate_url(login, options);
    std::cerr << "leg 2  the user opens this address and allows the app\n";
    coauth::command_line::print(url + '\n');

    asio::awaitable<oauth1::access_token> finish =
        by_pin ? finish_by_pin(setup, flags, login, url) : finish_by_callback(setup, flags, wait, login, url);
    const oauth1::access_token access = co_await std::move(finish);

    std::cerr << "then   asking for the profile\n";
    const auto me = co_await client.for_user(access).me();
    if (flags.provider.json)
        coauth::command_line::print(boost::json::serialize(program::profile_json(me)) + '\n');
    else
        coauth::command_line::print(program::profile_text(me));
    co_return program::done;
}

int run(sign_in_flags& flags, int argc, char** argv)
{
    CLI::App app("Signs a user in with OAuth 1.0a and shows the profile. Prints the address to open, then the profile.",
        "sign_in");
    flags.provider.add_to(app);
    app.add_option("--callback", flags.callback,
           "Where the browser comes back to on this machine, or oob for a PIN; port 0 is "
           "chosen by the system")
        ->type_name("URL")
        ->capture_default_str();
    app.add_flag("--authorize", flags.authorize, "Always ask the user, even one who allowed this app before");
    app.add_flag("--force-login", flags.force_login, "Ask for the password again");
    app.add_option("--timeout", flags.timeout, "Seconds to wait for the user")
        ->check(CLI::Range(0.001, 86400.0))
        ->type_name("SECONDS")
        ->capture_default_str();
    app.add_flag("--interactive", flags.interactive, "With the sandbox inside: open the page yourself");
    const char* const example = "sign_in\n"
                                "COAUTH_CONSUMER_KEY=... COAUTH_CONSUMER_SECRET=... sign_in --provider "
                                "https://api.x.com --callback http://127.0.0.1:8910/callback";
    if (const auto exit_code = program::parse_flags(app, argc, argv, example))
        return *exit_code;

    asio::io_context io;
    coauth::sandbox::options sandbox;
    if (!flags.interactive)
        sandbox.auto_approve = "";
    program::provider_setup setup(io, flags.provider, std::move(sandbox));
    if (setup.sandbox())
        std::cerr << "No --provider: signing in at a sandbox inside this program, " << setup.base() << '\n';
    if (setup.sandbox() && flags.interactive)
        std::cerr << "The browser will warn of the sandbox's throw-away certificate: go on, it is this program's.\n";
    return program::run(io, flags.provider.json, sign_in(setup, flags));
}

} // namespace

int main(int argc, char** argv)
{
    sign_in_flags flags;
    return program::guard(flags.provider.json, [&] { return run(flags, argc, argv); });
}
