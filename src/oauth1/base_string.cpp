#include <coauth/oauth1/base_string.hpp>
#include <coauth/text/ascii.hpp>
#include <coauth/text/percent_encoding.hpp>

namespace coauth::oauth1 {

std::string base_string_uri(const target& where)
{
    std::string out = where.https ? "https://" : "http://";
    for (const char c : where.host)
        out += text::lower(c);
    if (where.port != (where.https ? 443 : 80))
        out += ':' + std::to_string(where.port);
    out += where.path;
    return out;
}

std::string signature_base_string(std::string_view method, std::string_view base_uri, std::string_view normalized)
{
    std::string out = text::percent_encode(text::uppered(method));
    out += '&';
    text::percent_encode(base_uri, out);
    out += '&';
    text::percent_encode(normalized, out);
    return out;
}

} // namespace coauth::oauth1
