#include <coauth/oauth1/base_string.hpp>
#include <coauth/oauth1/percent_encoding.hpp>

#include <algorithm>

namespace coauth::oauth1 {

std::string base_string_uri(const target& where)
{
    std::string out = where.https ? "https://" : "http://";
    std::transform(where.host.begin(), where.host.end(), std::back_inserter(out),
        [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    if (where.port != (where.https ? 443 : 80))
        out += ':' + std::to_string(where.port);
    out += where.path;
    return out;
}

std::string signature_base_string(std::string_view method, std::string_view base_uri, std::string_view normalized)
{
    std::string upper;
    std::transform(method.begin(), method.end(), std::back_inserter(upper),
        [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
    std::string out = percent_encode(upper);
    out += '&';
    percent_encode(base_uri, out);
    out += '&';
    percent_encode(normalized, out);
    return out;
}

} // namespace coauth::oauth1
