#include "greeter_bot/state_file.hpp"

#include <coauth/error.hpp>
#include <coauth/secret.hpp>

#include <iostream>

namespace greeter_bot {

memory load(const program::private_file& file, std::string provider)
{
    memory fresh;
    while (provider.ends_with('/'))
        provider.pop_back();
    fresh.provider = std::move(provider);
    auto text = file.read();
    if (!text)
        return fresh;
    memory kept;
    try {
        kept = from_text(*text);
    } catch (const coauth::error& e) {
        throw coauth::error(e.reason(), file.path() + ": " + e.message()).with_hint(e.hint().value_or(""));
    }
    coauth::wipe(*text);
    if (kept.provider != fresh.provider)
        throw coauth::error(coauth::errc::invalid_argument, file.path() + " belongs to the provider " + kept.provider)
            .with_hint("name that one with --provider, or another file with --state");
    if (fresh.provider != inner_sandbox)
        return kept;
    std::cerr << "The sandbox that " << file.path() << " is of has ended with its program: starting anew.\n";
    return fresh;
}

void save(const program::private_file& file, const memory& m)
{
    std::string text = to_text(m);
    file.write(text);
    coauth::wipe(text);
}

} // namespace greeter_bot
