#include "oauth2/control_characters.hpp"

#include <coauth/oauth2/app.hpp>
#include <coauth/text/copied_with.hpp>

#include <utility>

namespace coauth::oauth2 {

namespace {

void check_key(std::string_view text, const char* name)
{
    if (has_control_character(text))
        throw error(errc::invalid_argument, std::string("the ") + name + " holds a control character")
            .with_hint("if it was read from a file, leave out the newline at its end");
    const std::string_view extra = text::copied_with(text);
    if (!extra.empty())
        throw error(errc::invalid_argument, std::string("the ") + name + " has " + std::string(extra) + " around it")
            .with_hint("leave it out: the provider's keys have none");
}

} // namespace

app::app(std::string client_id, secret client_secret)
    : client_id_(std::move(client_id)), client_secret_(std::move(client_secret)),
      authentication_(client_secret_.empty() ? client_authentication::none : client_authentication::basic)
{
    if (client_id_.empty())
        throw error(errc::invalid_argument, "the client_id is empty");
    check_key(client_id_, "client_id");
    check_key(client_secret_.reveal(), "client_secret");
}

app::app(std::string client_id, secret client_secret, client_authentication authentication)
    : app(std::move(client_id), std::move(client_secret))
{
    if (is_public() && authentication != client_authentication::none)
        throw error(errc::invalid_argument, "this client authentication needs a client_secret");
    if (!is_public() && authentication == client_authentication::none)
        throw error(errc::invalid_argument, "a client_secret is given, and client authentication \"none\" sends none");
    authentication_ = authentication;
}

} // namespace coauth::oauth2
