// Beast's parser, and what it read as the server's own value.
#pragma once

#include <coauth/server/http_server.hpp>

#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

namespace coauth::server {

using request_parser = boost::beast::http::request_parser<boost::beast::http::string_body>;

/// Holds `parser` to what the options allow.
void limit(request_parser& parser, const server_options& options);

/// The request line and the header that were read.
request head_of(const request_parser& parser);

} // namespace coauth::server
