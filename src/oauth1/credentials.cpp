#include "oauth1/control_characters.hpp"

#include <coauth/oauth1/credentials.hpp>

#include <utility>

namespace coauth::oauth1 {

namespace {

void check(std::string_view identifier, const char* name, const secret& key, const char* name_of_secret)
{
    if (identifier.empty())
        throw error(errc::invalid_argument, std::string("the ") + name + " is empty");
    for (const auto& [text, of_text] : {std::pair(identifier, name), std::pair(key.reveal(), name_of_secret)})
        if (has_control_character(text))
            throw error(errc::invalid_argument, std::string("the ") + of_text + " holds a control character")
                .with_hint("if it was read from a file, leave out the newline at its end");
}

} // namespace

consumer::consumer(std::string key, coauth::secret secret) : key_(std::move(key)), secret_(std::move(secret))
{
    check(key_, "consumer key", secret_, "consumer secret");
}

request_token::request_token(std::string token, coauth::secret secret)
    : token_(std::move(token)), secret_(std::move(secret))
{
    check(token_, "request token", secret_, "request token's secret");
}

access_token::access_token(std::string token, coauth::secret secret, parameters extra)
    : token_(std::move(token)), secret_(std::move(secret)), extra_(std::move(extra))
{
    check(token_, "access token", secret_, "access token's secret");
}

std::string_view access_token::extra(std::string_view name) const noexcept
{
    const std::string* value = find(extra_, name);
    return value ? std::string_view(*value) : std::string_view();
}

} // namespace coauth::oauth1
