#include "server/request_parser.hpp"

#include <algorithm>
#include <limits>
#include <string>

namespace coauth::server {

namespace {

std::string text(boost::beast::string_view view)
{
    return std::string(view.data(), view.size());
}

} // namespace

void limit(request_parser& parser, const server_options& options)
{
    const std::size_t most = std::numeric_limits<std::uint32_t>::max();
    parser.header_limit(static_cast<std::uint32_t>(std::min(options.max_header, most)));
    parser.body_limit(options.max_body);
}

request head_of(const request_parser& parser)
{
    const auto& head = parser.get();
    request out;
    out.method = text(head.method_string());
    out.target = text(head.target());
    for (const auto& field : head)
        out.headers.add(text(field.name_string()), text(field.value()));
    return out;
}

} // namespace coauth::server
