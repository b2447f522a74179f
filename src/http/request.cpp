#include <coauth/http/request.hpp>

namespace coauth::http {

request get(std::string_view url)
{
    const std::string_view whole = url.substr(0, url.find('#'));
    const auto scheme = whole.find("://");
    const auto end = scheme == whole.npos ? whole.npos : whole.find_first_of("/?", scheme + 3);

    request out;
    out.origin = parse_base_url(whole.substr(0, end)).value().origin;
    if (end != whole.npos)
        out.target = (whole[end] == '?' ? "/" : "") + std::string(whole.substr(end));
    return out;
}

} // namespace coauth::http
