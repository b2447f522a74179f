#include "program/provider_choice.hpp"

#include <coauth/text/ascii.hpp>

#include <CLI/CLI.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace program {

namespace {

using coauth::errc;
using coauth::error;

struct known_provider {
    std::string_view name;
    std::string_view title;
    std::string_view bases;     ///< What --provider gives.
    std::string_view real_base; ///< Its second base is known.
    std::string_view real_api_base;
    bool has_api_base = false;
};

constexpr std::array<known_provider, 5> known{
    known_provider{"x", "X", "x=https://api.x.com", "", "", true},
    known_provider{"google", "Google", "google=https://accounts.google.com", "", ""},
    known_provider{
        "github", "GitHub", "github=https://github.com", "https://github.com", "https://api.github.com", true},
    known_provider{"facebook", "Facebook", "facebook=https://www.facebook.com", "https://www.facebook.com",
        "https://graph.facebook.com", true},
    known_provider{"oidc", "OpenID", "oidc=ISSUER", "", ""},
};

const known_provider* find_known(std::string_view name)
{
    const auto found =
        std::find_if(known.begin(), known.end(), [name](const known_provider& each) { return each.name == name; });
    return found == known.end() ? nullptr : &*found;
}

error unusable(std::string message)
{
    return error(errc::invalid_argument, std::move(message));
}

// Shown as it was typed, but for what a terminal would obey.
std::string quoted(std::string_view text)
{
    std::string out = "\"";
    for (const char c : text.substr(0, 100))
        out += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
    return out + '"';
}

error unknown_name(std::string_view name)
{
    return unusable(quoted(name) + " is not a provider: x, google, github, facebook and oidc are");
}

bool is_name_character(char c)
{
    return coauth::text::is_letter_or_digit(c) || c == '_' || c == '-';
}

// The base that was not given, where it follows from the other. Empty: it does not.
std::string api_base_for(const known_provider& provider, std::string_view base)
{
    if (!provider.real_base.empty() && base == provider.real_base)
        return std::string(provider.real_api_base);
    if (provider.name != "github")
        return {};
    // GitHub Enterprise Server.
    base.remove_suffix(base.ends_with('/') ? 1 : 0);
    return std::string(base) + "/api/v3";
}

const provider_choice* find_choice(const std::vector<provider_choice>& all, std::string_view name)
{
    const auto found =
        std::find_if(all.begin(), all.end(), [name](const provider_choice& each) { return each.name == name; });
    return found == all.end() ? nullptr : &*found;
}

// What --provider and --issuer give.
coauth::result<std::vector<provider_choice>> given_choices(const login_flags& flags)
{
    std::vector<provider_choice> given;
    for (const std::string& text : flags.addresses) {
        auto address = parse_address(text);
        if (!address)
            return address.error();
        if (find_choice(given, address->name))
            return unusable("--provider gives the base of " + address->name + " twice");
        given.push_back(*std::move(address));
    }
    if (!flags.issuer)
        return given;
    if (flags.issuer->empty())
        return unusable("--issuer is empty");
    const provider_choice* oidc = find_choice(given, "oidc");
    if (oidc && oidc->base != *flags.issuer)
        return unusable("--issuer and --provider oidc= give two issuers, and must be equal");
    if (!oidc) {
        given.emplace_back("oidc");
        given.back().base = *flags.issuer;
    }
    return given;
}

coauth::result<std::vector<std::string>> names_of(const std::vector<provider_choice>& given)
{
    if (given.empty())
        return std::vector<std::string>{"x", "google", "github", "facebook"};
    std::vector<std::string> names;
    for (const provider_choice& each : given)
        names.push_back(each.name);
    return names;
}

// The names in a list with commas.
coauth::result<std::vector<std::string>> parse_names(std::string_view list)
{
    std::vector<std::string> names;
    for (bool last = false; !last;) {
        const auto comma = list.find(',');
        last = comma == list.npos;
        const std::string name(list.substr(0, comma));
        if (!find_known(name))
            return unknown_name(name);
        if (std::find(names.begin(), names.end(), name) != names.end())
            return unusable("--with has " + name + " twice");
        names.push_back(name);
        list.remove_prefix(last ? list.size() : comma + 1);
    }
    return names;
}

// What only one of the providers, or no sandbox, can use; empty if all is used.
std::string unused_flag(const login_flags& flags, const std::vector<std::string>& names)
{
    if (flags.needs_sandbox())
        if (std::string fault = flags.common.fault_with_sandbox(); !fault.empty())
            return fault;
    const auto has = [&names](
                         std::string_view name) { return std::find(names.begin(), names.end(), name) != names.end(); };
    if (flags.issuer && !has("oidc"))
        return "--issuer is for the provider oidc: add it to --with";
    if (!flags.common.authorize_base.empty() && !has("x"))
        return "--authorize-base is for the provider x";
    if (flags.common.api != "2" && (!has("x") || flags.oauth2))
        return "--api 1.1 is for the provider x with OAuth 1.0a";
    return {};
}

} // namespace

void login_flags::add_to(CLI::App& app)
{
    app.add_option("--provider", addresses,
           "A provider's base, as in x=https://api.x.com, google=ISSUER, github=URL,API_URL, "
           "facebook=DIALOG_URL,GRAPH_URL "
           "or oidc=ISSUER; a URL alone is of x. The app's keys are in COAUTH_CONSUMER_KEY and COAUTH_CONSUMER_SECRET "
           "(x), "
           "else in COAUTH_NAME_CLIENT_ID and COAUTH_NAME_CLIENT_SECRET, such as COAUTH_GITHUB_CLIENT_ID")
        ->type_name("[NAME=]BASE[,API_BASE]")
        ->allow_extra_args(false)
        ->default_str("a sandbox inside this program");
    app.add_option("--issuer", issuer, "The same as --provider oidc=URL")->type_name("URL");
    app.add_flag("--oauth2", oauth2, "X with OAuth 2; its keys are COAUTH_X_CLIENT_ID and COAUTH_X_CLIENT_SECRET");
    common.add_common_to(app);
    kept.add_to(app, "logins and the users' credentials are kept");
}

coauth::result<provider_choice> parse_address(std::string_view text)
{
    const auto equals = text.find('=');
    const std::string_view name = text.substr(0, equals == text.npos ? 0 : equals);
    // A URL may have an = of its own.
    const bool is_named = !name.empty() && std::all_of(name.begin(), name.end(), is_name_character);
    const known_provider* provider = find_known(is_named ? name : "x");
    if (!provider)
        return unknown_name(name);
    const std::string_view bases = is_named ? text.substr(equals + 1) : text;
    const auto comma = bases.find(',');
    const std::string first(bases.substr(0, comma));
    const std::string second(comma == bases.npos ? "" : bases.substr(comma + 1));
    if (first.empty() || (comma != bases.npos && (second.empty() || second.find(',') != second.npos)))
        return unusable("--provider " + quoted(text) + " is not of the form [NAME=]BASE[,API_BASE]");
    if (!second.empty() && !provider->has_api_base)
        return unusable("--provider gives two bases of " + std::string(provider->name) + ", which has one: its issuer");

    provider_choice out{std::string(provider->name)};
    const bool is_api_alone = out.name == "x" && second.empty();
    out.base = is_api_alone ? "" : first;
    out.api_base = is_api_alone ? first : second;
    if (provider->has_api_base && out.api_base.empty())
        out.api_base = api_base_for(*provider, first);
    if (provider->has_api_base && out.api_base.empty())
        return unusable("--provider gives one base of " + out.name + ", which has two: facebook=DIALOG_URL,GRAPH_URL");
    return out;
}

coauth::result<std::vector<provider_choice>> choose_providers(const login_flags& flags, std::string_view names)
{
    const auto given = given_choices(flags);
    if (!given)
        return given.error();
    const auto listed = names.empty() ? names_of(*given) : parse_names(names);
    if (!listed)
        return listed.error();
    if (const std::string fault = unused_flag(flags, *listed); !fault.empty())
        return unusable(fault);
    std::vector<provider_choice> chosen;
    for (const std::string& name : *listed) {
        const provider_choice* address = find_choice(*given, name);
        if (!address && !given->empty())
            return unusable("--provider does not say where " + name + " is: add --provider " +
                            std::string(find_known(name)->bases));
        chosen.push_back(address ? *address : provider_choice(name));
    }
    const provider_choice* x = find_choice(chosen, "x");
    const std::string& authorize_base = flags.common.authorize_base;
    if (x && !x->base.empty() && !authorize_base.empty() && authorize_base != x->base)
        return unusable("--authorize-base and --provider x= say two places where users of x sign in");
    return chosen;
}

std::string_view title_of(std::string_view name)
{
    const known_provider* provider = find_known(name);
    return provider ? provider->title : name;
}

} // namespace program
