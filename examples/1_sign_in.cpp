// Signs a user in and shows their profile: with X by OAuth 1.0a, its three legs by a callback on a loopback address or by
// PIN; with X, Google, GitHub, Facebook or any OpenID provider by OAuth 2, or with a code on another device.
//
// With no configuration a sandbox is started inside this program and plays the provider; this
// program plays the browser (--interactive leaves that to you). With --provider and keys in the
// environment the same program signs in with the real one. With --store the user's credential is kept there for the
// next programs.

#include "command_line/output.hpp"
#include "program/json_output.hpp"
#include "program/login_providers.hpp"
#include "program/main_loop.hpp"
#include "sign_in/flags.hpp"
#include "sign_in/oauth1_login.hpp"
#include "sign_in/provider_login.hpp"

#include <boost/json/serialize.hpp>

#include <CLI/CLI.hpp>

#include <iostream>
#include <utility>

namespace asio = boost::asio;

namespace {

void say_sandbox(const coauth::sandbox::provider* sandbox, bool interactive)
{
    if (!sandbox)
        return;
    std::cerr << "No --provider: signing in at a sandbox inside this program, " << sandbox->url() << '\n';
    if (interactive)
        std::cerr << "The browser will warn of the sandbox's throw-away certificate: go on, it is this program's.\n";
}

// What the next programs find: the user's credential, under the provider and the id.
asio::awaitable<void> keep(coauth::store::token_store& tokens, const coauth::finished_login& login)
{
    coauth::user_key user(login.user.provider, login.user.id);
    coauth::credential held = login.held;
    co_await tokens.put(std::move(user), std::move(held));
    std::cerr << "kept   the credential of " << login.user.provider << " user " << login.user.id << '\n';
}

asio::awaitable<int> show_profile(
    asio::awaitable<coauth::finished_login> login, const program::store_flags& kept, bool json)
{
    std::shared_ptr<coauth::store::database> database;
    if (!kept.in_memory())
        database = program::open_store(kept); // before anyone is asked
    const coauth::finished_login finished = co_await std::move(login);
    if (database) {
        const auto tokens = database->tokens();
        co_await keep(*tokens, finished);
    }
    const coauth::profile& user = finished.user;
    if (json)
        coauth::command_line::print(boost::json::serialize(program::profile_json(user)) + '\n');
    else
        coauth::command_line::print(program::profile_text(user));
    co_return program::done;
}

int run_oauth1(const sign_in::flags& given, const program::provider_choice& x, coauth::sandbox::options sandbox)
{
    program::provider_flags flags = given.login.common;
    flags.provider = x.api_base;
    if (!x.base.empty())
        flags.authorize_base = x.base;
    asio::io_context io;
    program::provider_setup setup(io, flags, std::move(sandbox));
    say_sandbox(setup.sandbox(), given.interactive);
    return program::run(
        io, flags.json, show_profile(sign_in::login_by_oauth1(setup, given), given.login.kept, flags.json));
}

int run_oauth2(const sign_in::flags& given, const program::provider_choice& choice, coauth::sandbox::options sandbox)
{
    const program::provider_flags& flags = given.login.common;
    asio::io_context io;
    const program::network connections(io, flags, given.login.needs_sandbox(), std::move(sandbox));
    auto provider = program::login_provider_of(connections, given.login, choice);
    say_sandbox(connections.sandbox(), given.interactive);
    auto login = given.device ? sign_in::login_by_device(connections, given, std::move(provider))
                              : sign_in::login_by_callback(connections, given, std::move(provider));
    return program::run(io, flags.json, show_profile(std::move(login), given.login.kept, flags.json));
}

int run(sign_in::flags& given, int argc, char** argv)
{
    CLI::App app("Signs a user in and shows the profile. Prints the address to open, then the profile.", "sign_in");
    given.add_to(app);
    const char* const example = "sign_in\n"
                                "sign_in --with github --device\n"
                                "COAUTH_CONSUMER_KEY=... COAUTH_CONSUMER_SECRET=... sign_in --provider "
                                "https://api.x.com --callback http://127.0.0.1:8910/callback\n"
                                "COAUTH_OIDC_CLIENT_ID=... sign_in --with oidc --issuer https://sso.example.org";
    if (const auto exit_code = program::parse_flags(app, argc, argv, example))
        return *exit_code;
    if (const std::string fault = sign_in::fault_of(given); !fault.empty())
        return program::misused(app, fault);
    const auto choices = program::choose_providers(given.login, given.provider);
    if (!choices)
        return program::misused(app, choices.error().message());

    coauth::sandbox::options sandbox;
    if (!given.interactive)
        sandbox.auto_approve = "";
    const program::provider_choice& choice = choices->front();
    return given.by_oauth1() ? run_oauth1(given, choice, std::move(sandbox))
                             : run_oauth2(given, choice, std::move(sandbox));
}

} // namespace

int main(int argc, char** argv)
{
    sign_in::flags given;
    return program::guard(given.login.common.json, [&] { return run(given, argc, argv); });
}
