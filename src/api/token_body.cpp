#include "api/token_body.hpp"

#include "text/json_body.hpp"

#include <coauth/error.hpp>
#include <coauth/text/utf8.hpp>

namespace coauth::api {

std::string_view token_body(std::string_view body)
{
    constexpr std::size_t largest = 64 * 1024;
    if (body.size() > largest)
        throw error(errc::response_too_large, "the response is too large for a token");
    body = text::without_byte_order_mark(body);
    if (text::looks_like_markup(body))
        throw error(errc::malformed_response, "the provider answered with an HTML page instead of a token")
            .with_hint("something between here and the provider may have answered in its place; check the API base URL "
                       "and the proxy");
    return body;
}

} // namespace coauth::api
