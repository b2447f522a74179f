#include <coauth/oauth1/credentials.hpp>

#include <algorithm>

namespace coauth::oauth1 {

namespace {

void check_identifier(std::string_view text, const char* what)
{
    if (text.empty())
        throw error(errc::invalid_argument, std::string("the ") + what + " is empty");
    if (!std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; }))
        throw error(errc::invalid_argument,
            std::string("the ") + what + " holds white space, a control character or a character that is not ASCII")
            .with_hint("if it was read from a file, leave out the newline at its end");
}

void check_secret(const secret& s, const char* what)
{
    const auto text = s.reveal();
    if (std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }))
        throw error(errc::invalid_argument, std::string("the ") + what + " holds a control character")
            .with_hint("if it was read from a file, leave out the newline at its end");
    if (!text.empty() && (text.back() == ' ' || text.front() == ' '))
        throw error(errc::invalid_argument, std::string("the ") + what + " begins or ends with a space");
}

} // namespace

consumer::consumer(std::string key, coauth::secret secret) : key_(std::move(key)), secret_(std::move(secret))
{
    check_identifier(key_, "consumer key");
    check_secret(secret_, "consumer secret");
}

request_token::request_token(std::string token, coauth::secret secret)
    : token_(std::move(token)), secret_(std::move(secret))
{
    check_identifier(token_, "request token");
    check_secret(secret_, "request token's secret");
}

access_token::access_token(std::string token, coauth::secret secret, parameters extra)
    : token_(std::move(token)), secret_(std::move(secret)), extra_(std::move(extra))
{
    check_identifier(token_, "access token");
    check_secret(secret_, "access token's secret");
}

std::string_view access_token::extra(std::string_view name) const noexcept
{
    const std::string* value = find(extra_, name);
    return value ? std::string_view(*value) : std::string_view();
}

} // namespace coauth::oauth1
