#include "text/environment_variable.hpp"

#include <coauth/error.hpp>
#include <coauth/providers/app_from_environment.hpp>
#include <coauth/text/ascii.hpp>
#include <coauth/text/copied_with.hpp>

#include <string>
#include <utility>

namespace coauth::providers {

namespace {

void require_clean(const std::string& variable, std::string_view value)
{
    const std::string_view extra = text::copied_with(value);
    if (!extra.empty())
        throw error(errc::invalid_argument, variable + " has " + std::string(extra) + " around its value")
            .with_hint("leave it out: the provider's keys have none");
}

} // namespace

oauth2::app app_from_environment(std::string_view name)
{
    std::string prefix = "COAUTH_" + text::uppered(name);
    for (char& c : prefix)
        if (!text::is_letter_or_digit(c))
            c = '_';
    const std::string id_variable = prefix + "_CLIENT_ID";
    const std::string secret_variable = prefix + "_CLIENT_SECRET";
    std::string client_id = text::environment_variable(id_variable.c_str());
    secret client_secret(text::environment_variable(secret_variable.c_str()));
    if (client_id.empty())
        throw error(errc::invalid_argument, id_variable + " is not set")
            .with_hint("set " + id_variable + " and " + secret_variable + " to your app's at the provider");
    require_clean(id_variable, client_id);
    require_clean(secret_variable, client_secret.reveal());
    return oauth2::app(std::move(client_id), std::move(client_secret));
}

} // namespace coauth::providers
