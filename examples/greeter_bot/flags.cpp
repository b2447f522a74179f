#include "greeter_bot/flags.hpp"

#include "greeter_bot/message.hpp"
#include "program/main_loop.hpp"
#include "program/seconds.hpp"

#include <coauth/twitter/from_environment.hpp>

#include <CLI/CLI.hpp>

namespace greeter_bot {

bool flags::keeps_beside_state() const
{
    return !names_store && !provider.provider.empty() && !coauth::twitter::token_from_environment();
}

std::optional<int> read_flags(flags& to, int argc, char** argv)
{
    CLI::App app(
        "Signs in once by PIN, then answers every user who mentions the account. COAUTH_TOKEN and "
        "COAUTH_TOKEN_SECRET, if set, take the sign-in's place. A mention that can't be answered (deleted, "
        "protected, blocked) is skipped; any other refusal, or a greeting that is too long with a user name of "
        "more than 15 letters, keeps it for a later round, and with --once ends with exit code 1.",
        "greeter_bot");
    to.provider.add_to(app);
    app.add_option("--state", to.state, "Keeps what was answered, readable by this user only; needed with --provider")
        ->type_name("FILE");
    to.kept.add_to(app, "the token is kept");
    app.get_option("--store")->default_str(
        "sqlite:FILE.db beside --state, with the keys in FILE.key, both made at first");
    app.add_option("--user", to.user, "The id of the user whose token sign_in kept in --store, in place of a PIN")
        ->type_name("ID");
    app.add_option("--message", to.message, "What to say; {username} is the user's name")
        ->check(template_fault)
        ->type_name("TEXT")
        ->capture_default_str();
    app.add_flag("--once", to.once, "One round, then exit");
    app.add_option("--interval", to.interval, "Seconds between rounds")
        ->check(program::seconds_between(0.01, 86'400))
        ->type_name("SECONDS")
        ->capture_default_str();
    const char* const example = "greeter_bot --once\n"
                                "COAUTH_CONSUMER_KEY=... COAUTH_CONSUMER_SECRET=... greeter_bot --provider "
                                "https://api.x.com --state bot.json --message \"Hello @{username}\"";
    const std::string failure = "an error, which standard error reports; with --once also if a mention was put off";
    if (const auto exit_code = program::parse_flags(app, argc, argv, example, failure))
        return exit_code;
    if (to.provider.provider.empty())
        if (const auto fault = to.provider.fault_with_sandbox(); !fault.empty())
            return program::misused(app, fault);
    to.names_store = app.count("--store") != 0;
    if (to.state.empty() && !to.provider.provider.empty())
        return program::misused(app, "--state is needed with --provider");
    if (!to.user.empty() && !to.names_store)
        return program::misused(app, "--user is needed with --store only");
    return std::nullopt;
}

} // namespace greeter_bot
