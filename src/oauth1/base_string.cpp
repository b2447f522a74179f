#include <coauth/oauth1/base_string.hpp>
#include <coauth/text/ascii.hpp>
#include <coauth/text/percent_encoding.hpp>

namespace coauth::oauth1 {

std::string base_string_uri(const target& url)
{
    std::string out = url.https ? "https://" : "http://";
    for (const char c : url.host)
        out += text::lower(c);
    if (url.port != (url.https ? 443 : 80))
        out += ':' + std::to_string(url.port);
    out += url.path;
    return out;
}

std::string signature_base_string(std::string_view method, std::string_view base_uri, std::string_view normalized)
{
    std::string out = text::percent_encode(text::uppered(method));
    text::percent_encode(base_uri, out += '&');
    text::percent_encode(normalized, out += '&');
    return out;
}

} // namespace coauth::oauth1
