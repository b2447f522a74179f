// A reader's value, or its error with the response's status.
#pragma once

#include <coauth/error.hpp>
#include <coauth/http/response.hpp>

#include <string_view>

namespace coauth::api {

/// What `read` makes of the body. Its errors get the response's status if they have none.
template <class Read>
auto read_response(const http::response& response, Read read)
{
    try {
        return read(std::string_view(response.body));
    } catch (const error& e) {
        throw e.http_status() ? e : e.with_http_status(response.status);
    }
}

} // namespace coauth::api
