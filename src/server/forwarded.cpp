#include <coauth/server/forwarded.hpp>
#include <coauth/text/ascii.hpp>

#include <boost/asio/ip/address.hpp>

#include <algorithm>
#include <optional>
#include <string_view>

namespace coauth::server {

namespace {

// An IPv6 address with brackets, port and quotes; what is longer is not an address.
constexpr std::size_t longest_element = 128;

std::string_view without_blanks(std::string_view text)
{
    return text::trimmed(text, text::blanks);
}

// The last element of a list that is not empty. Separators inside quotes separate nothing.
std::string_view last_element(std::string_view list, char separator)
{
    std::string_view last;
    bool quoted = false;
    std::size_t begin = 0;
    for (std::size_t i = 0; i <= list.size(); ++i) {
        if (i < list.size() && quoted && list[i] == '\\')
            ++i;
        else if (i < list.size() && list[i] == '"')
            quoted = !quoted;
        else if (i >= list.size() || (list[i] == separator && !quoted)) {
            const auto element = without_blanks(list.substr(begin, std::min(i, list.size()) - begin));
            last = element.empty() ? last : element;
            begin = i + 1;
        }
    }
    return last;
}

std::string_view last_field(const http::fields& headers, std::string_view name)
{
    std::string_view last;
    for (const auto& [field, value] : headers)
        if (http::same_field_name(field, name) && !without_blanks(value).empty())
            last = value;
    return last;
}

std::string unquoted(std::string_view text)
{
    if (text.size() < 2 || text.front() != '"' || text.back() != '"')
        return std::string(text);
    std::string out;
    for (std::size_t i = 1; i + 1 < text.size(); ++i) {
        if (text[i] == '\\' && i + 2 < text.size())
            ++i;
        out += text[i];
    }
    return out;
}

// "192.0.2.7", "192.0.2.7:80", "[2001:db8::1]:80", "2001:db8::1": the last colon of the others is a port's.
std::string without_port(std::string text)
{
    const auto bracket = text.starts_with('[') ? text.find(']') : text.npos;
    if (bracket != text.npos)
        return bracket + 1 == text.size() || text[bracket + 1] == ':' ? text.substr(1, bracket - 1) : std::string();
    const auto colon = text.find(':');
    if (colon != text.npos && text.find(':', colon + 1) == text.npos)
        text.resize(colon);
    return text;
}

std::optional<std::string> address_in(std::string_view element)
{
    if (element.size() > longest_element)
        return std::nullopt;
    boost::system::error_code failure;
    const auto address = boost::asio::ip::make_address(without_port(unquoted(element)), failure);
    if (failure)
        return std::nullopt;
    if (address.is_v6() && address.to_v6().is_v4_mapped())
        return boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, address.to_v6()).to_string();
    return address.to_string();
}

// `for=192.0.2.7;proto=https`
std::string_view for_of(std::string_view element)
{
    while (!element.empty()) {
        // From the back; the pairs may come in any order.
        const std::string_view pair = last_element(element, ';');
        if (pair.empty())
            break;
        const auto equals = pair.find('=');
        if (equals != pair.npos && http::same_field_name(without_blanks(pair.substr(0, equals)), "for"))
            return without_blanks(pair.substr(equals + 1));
        element = element.substr(0, static_cast<std::size_t>(pair.data() - element.data()));
    }
    return {};
}

error unreadable(std::string message)
{
    return error(errc::invalid_argument, std::move(message))
        .with_hint("let the proxy send X-Forwarded-For with the client's address as its last element");
}

} // namespace

result<std::string> forwarded_client(const request& r)
{
    const std::string_view list = last_field(r.headers, "X-Forwarded-For");
    const std::string_view forwarded = last_field(r.headers, "Forwarded");
    if (list.empty() && forwarded.empty())
        return unreadable("the request has neither X-Forwarded-For nor Forwarded");
    std::optional<std::string> first, second;
    if (!list.empty() && !(first = address_in(last_element(list, ','))))
        return unreadable("the last element of X-Forwarded-For is not an IP address");
    if (!forwarded.empty() && !(second = address_in(for_of(last_element(forwarded, ',')))))
        return unreadable("the last element of Forwarded has no IP address after for=");
    if (first && second && *first != *second)
        return unreadable("X-Forwarded-For and Forwarded name two clients");
    return first ? *first : *second;
}

} // namespace coauth::server
