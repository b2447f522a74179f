#include "sign_in/flags.hpp"

#include "program/seconds.hpp"

#include <coauth/oauth1/legs.hpp>

#include <CLI/CLI.hpp>

namespace sign_in {

namespace {

std::string oauth1_fault(const flags& given)
{
    if (given.device)
        return "--device is for google, github and oidc: x has no logins on another device, but PINs: --callback oob";
    if (!given.scope.empty() && given.scope != "read" && given.scope != "write")
        return "--scope with x and OAuth 1.0a is read or write; for those of OAuth 2 add --oauth2";
    return {};
}

std::string oauth2_fault(const flags& given)
{
    if (given.by_pin())
        return "--callback oob is for x with OAuth 1.0a; OAuth 2 has --device for logins without a callback";
    if (!given.device)
        return {};
    if (given.provider == "x" || given.provider == "facebook")
        return "--device is for google, github and oidc: " + given.provider + " has no logins on another device";
    if (given.callback)
        return "--device does not go with --callback: it has none";
    if (given.authorize || given.force_login)
        return "--device does not go with --authorize and --force-login: the user is asked anyway";
    return {};
}

} // namespace

void flags::add_to(CLI::App& app)
{
    app.add_option("--with", provider, "The provider to sign in with: x is X with OAuth 1.0a, or with --oauth2")
        ->check(CLI::IsMember({"x", "google", "github", "facebook", "oidc"}))
        ->type_name("NAME")
        ->capture_default_str();
    login.add_to(app);
    app.add_option("--scope", scope, "What the app asks for, in the provider's words")
        ->type_name("TEXT")
        ->default_str("the profile, and the e-mail address where there is one");
    app.add_flag("--device", device, "Sign in on another device: the code is shown on standard error");
    app.add_option("--callback", callback,
           "Where the browser comes back to on this machine, or oob for a PIN; port 0 is "
           "chosen by the system")
        ->type_name("URL")
        ->default_str(default_callback);
    app.add_flag("--authorize", authorize, "Always ask the user, even one who allowed this app before");
    app.add_flag("--force-login", force_login, "Ask for the password again");
    app.add_option("--timeout", timeout, "Seconds to wait for the user")
        ->check(program::seconds_between(0.001, 86'400))
        ->type_name("SECONDS")
        ->capture_default_str();
    app.add_flag("--interactive", interactive, "With the sandbox inside: open the page yourself");
}

bool flags::by_pin() const
{
    return callback == coauth::oauth1::out_of_band;
}

std::chrono::milliseconds flags::user_timeout() const
{
    return std::chrono::milliseconds(static_cast<long>(timeout * 1000));
}

std::string fault_of(const flags& given)
{
    return given.by_oauth1() ? oauth1_fault(given) : oauth2_fault(given);
}

} // namespace sign_in
